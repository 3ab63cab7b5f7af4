using System.Text.Json;
using Flux.Server.Tests.Contract;
using Flux.Server.Tests.Namespaces;

namespace Flux.Server.Tests.Status;

/// <summary>GET /api/admin/status.</summary>
public sealed class StatusTests(OwnedServer server, ServerFixture open)
{
    private const string Target = "/api/admin/status";
    private const int Events = 5;

    [Fact]
    public async Task Only_the_operator_reads_it_where_there_is_one()
    {
        var (_, owner) = await server.RegisterAsync();
        RawAnswer[] refused = [await server.Http.GetAsync(Target), await server.Http.GetAsync(Target, OwnedServer.As(owner)), await server.Http.GetAsync(Target, OwnedServer.As("wrong"))];

        Assert.All(refused, answer => Assert.Equal((401, "admin_required"), (answer.Status, answer.Code)));
        Assert.Equal(200, (await server.Http.GetAsync(Target, OwnedServer.AsOperator)).Status);
        Assert.Equal(200, (await open.GetAsync(Target)).Status);
    }

    [Fact]
    public async Task It_tells_what_is_measured_between_two_looks()
    {
        var (ns, token) = await server.RegisterAsync();
        var before = await ReadAsync();
        await using var socket = await server.OpenSocketAsync(token, $"{ns}/*");

        for (var n = 0; n < Events; n++)
        {
            await server.SetAsync($"{ns}/e", token);
        }

        await socket.NextAboutAsync($"{ns}/e"); // it was pushed
        var after = await ReadAsync();

        // Others use the same server meanwhile.
        Assert.True(Value(after, "flux.ingest.events.appended") - Value(before, "flux.ingest.events.appended") >= Events, $"{before}\n{after}");
        Assert.True(Value(after, "flux.push.bytes") > Value(before, "flux.push.bytes"));
        Assert.True(Value(after, "flux.connections") >= 1);
        Assert.True(Count(after, "flux.ingest.duration") - Count(before, "flux.ingest.duration") >= Events);
        Assert.True(Count(after, "flux.push.delay") > Count(before, "flux.push.delay"));
        Assert.True(after.GetProperty("log").GetProperty("position").GetInt64() >= before.GetProperty("log").GetProperty("position").GetInt64() + Events);
        Assert.True(after.GetProperty("log").GetProperty("bytes").GetInt64() > 4096);
        Assert.True(Silo(after).GetProperty("grains").GetProperty("Flux.Grains.Entities.EntityGrain").GetInt32() >= 1);
    }

    [Fact]
    public async Task It_has_one_shape()
    {
        var answer = await ReadAsync();

        Assert.Equal(["at", "entities", "log", "silos"], answer.Members());
        Assert.Equal(["answered", "grains", "histograms", "name", "silo", "status", "values"], Silo(answer).Members());
        Assert.True(Silo(answer).GetProperty("answered").GetBoolean());
        Assert.Equal("Active", Silo(answer).Text("status"));
        Assert.Equal(["bounds", "counts", "sum"], Silo(answer).GetProperty("histograms").GetProperty("flux.ingest.duration").Members());
        Assert.Equal(200, (await server.Http.SendAsync(RawRequest.Of("HEAD", Target, OwnedServer.AsOperator))).Status);
        Wire.AssertRefused(await server.Http.PostAsync(Target, "{}", OwnedServer.AsOperator), 405);
    }

    private static JsonElement Silo(JsonElement status) => Assert.Single(status.GetProperty("silos").EnumerateArray());

    // What has not happened since somebody looked has no value yet.
    private static double Value(JsonElement status, string name) =>
        Silo(status).GetProperty("values").TryGetProperty(name, out var value) ? value.GetDouble() : 0;

    private static long Count(JsonElement status, string name) =>
        Silo(status).GetProperty("histograms").GetProperty(name).GetProperty("counts").EnumerateArray().Sum(count => count.GetInt64());

    private async Task<JsonElement> ReadAsync()
    {
        var answer = await server.Http.GetAsync(Target, OwnedServer.AsOperator);
        Assert.True(answer.Status == 200, $"{answer}");
        return answer.Json;
    }
}
