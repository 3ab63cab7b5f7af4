using Flux.Server.Tests.BadInput;
using Flux.Server.Tests.Contract;
using Flux.Server.Tests.Namespaces;

namespace Flux.Server.Tests.Limits;

public sealed class EntityQuotaTests(OwnedServer server)
{
    private const int Most = 10;

    [Fact]
    public async Task A_full_namespace_takes_no_new_entity_and_every_change_of_one_that_exists()
    {
        var (ns, token) = await RegisterFullAsync();
        var header = OwnedServer.As(token);

        var refused = await server.PublishAsync($"{ns}/new", header);

        Wire.AssertRefused(refused, 429, "as many entities as it may (10)");
        Assert.Equal("quota_exceeded", refused.Code);
        Assert.Equal("60", refused.Header("Retry-After"));
        Assert.Null(refused.Header("RateLimit"));
        Assert.False(await server.Http.ExistsAsync($"{ns}/new"));
        Assert.Equal(200, (await server.PublishAsync($"{ns}/e0", header, "{\"n\":2}")).Status);
        Assert.Equal(200, (await server.PublishAsync($"{ns}/new", header, "{}")).Status);
        Assert.Equal(200, (await server.PublishAsync($"{ns}/new", header, "{\"__deleted__\":true}")).Status);
    }

    [Fact]
    public async Task A_batch_with_more_new_entities_than_there_is_room_for_fills_the_room_and_no_more()
    {
        var (ns, token) = await RegisterAsync();
        var events = string.Join(',', Enumerable.Range(0, 40).Select(i => Good.Event($"{ns}/e{i / 2}", "{\"n\":1}")));

        var answer = await server.Http.PostAsync("/api/events/batch", $"{{\"events\":[{events}]}}", OwnedServer.As(token));

        Assert.Equal(200, answer.Status);
        var refused = answer.Json.GetProperty("results").EnumerateArray().Where(row => row.Text("error") is not null).ToList();
        Assert.All(refused, row => Assert.Equal("quota_exceeded", row.Text("code")));
        Assert.InRange((await server.Http.ListAsync($"namespace={ns}")).Count, Most / 2, Most);
        await FillAsync(ns, token);
        Assert.Equal(Most, (await server.Http.ListAsync($"namespace={ns}")).Count);
    }

    [Fact]
    public async Task Room_that_a_deletion_makes_can_be_used()
    {
        var (ns, token) = await RegisterFullAsync();

        Assert.Equal(200, (await server.Http.DeleteAsync(RawRequest.EntityPath($"{ns}/e0"), OwnedServer.As(token))).Status);

        await FillAsync(ns, token);
        Assert.Equal(Most, (await server.Http.ListAsync($"namespace={ns}")).Count);
    }

    [Fact]
    public async Task The_count_of_a_namespace_is_that_of_its_existing_entities()
    {
        var (ns, token) = await server.RegisterAsync();
        for (var i = 0; i < 5; i++)
        {
            await server.PublishAsync($"{ns}/e{i}", OwnedServer.As(token));
        }

        await server.Http.DeleteAsync(RawRequest.EntityPath($"{ns}/e0"), OwnedServer.As(token));

        Assert.Equal(4, await CountAsync(ns));
    }

    [Fact]
    public async Task The_count_of_a_private_namespace_is_shown_to_its_tokens_only()
    {
        var (ns, token) = await server.RegisterAsync();
        await server.PublishAsync($"{ns}/e", OwnedServer.As(token));
        var hidden = await PutAsync($"/api/namespaces/{ns}", "{\"private\":true}", OwnedServer.As(token));
        Assert.True(hidden.Status == 200, $"{hidden}");

        Assert.Equal(0, await CountAsync(ns));
        Assert.Equal(1, await CountAsync(ns, OwnedServer.As(token)));
    }

    private async Task<int> CountAsync(string ns, params string[] headers) =>
        (await server.Http.GetAsync($"/api/namespaces/{ns}", headers)).Json.GetProperty("entityCount").GetInt32();

    private async Task<(string Name, string Token)> RegisterAsync()
    {
        var (ns, token) = await server.RegisterAsync();
        var limited = await PutAsync($"/api/admin/namespaces/{ns}", $"{{\"limits\":{{\"entities\":{Most}}}}}", OwnedServer.AsOperator);
        Assert.True(limited.Status == 200, $"{limited}");
        return (ns, token);
    }

    private async Task<(string Name, string Token)> RegisterFullAsync()
    {
        var (ns, token) = await RegisterAsync();
        await FillAsync(ns, token);
        return (ns, token);
    }

    /// <summary>Makes new entities until none is taken any more: what a count of a moment ago refuses, the next one may take.</summary>
    private async Task FillAsync(string ns, string token)
    {
        var begun = TimeProvider.System.GetTimestamp();
        for (var i = 0; (await server.Http.ListAsync($"namespace={ns}")).Count < Most; i++)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < ServerFixture.Guard, "the room is never filled");
            var answer = await server.PublishAsync($"{ns}/e{i}", OwnedServer.As(token));
            Assert.True(answer.Status is 200 or 429, $"{answer}");
        }
    }

    private Task<RawAnswer> PutAsync(string target, string json, string header) =>
        server.Http.SendAsync(RawRequest.With("PUT", target, RawRequest.Bytes(json), header));
}
