using System.Text.Json;
using Flux.Server.Tests.Contract;
using Flux.Server.Tests.Namespaces;
using Flux.Testing.PostgreSql;
using Flux.Testing.Processes;

namespace Flux.Server.Tests.Work;

/// <summary>/api/admin/work: long work that the operator asks for.</summary>
public sealed class WorkTests(OwnedServer server, SharedPostgreSql postgres)
{
    private const string Work = "/api/admin/work";

    [Fact]
    public async Task A_verification_runs_to_its_end_and_says_what_was_verified()
    {
        var (ns, token) = await server.RegisterAsync();
        await server.PublishAsync($"{ns}/e", OwnedServer.As(token));

        var begun = await BeginAsync(server.Http, """{"kind":"verify"}""");
        var ended = await WaitForEndAsync(server.Http, begun.Text("id")!);

        Assert.True(ended.Text("state") == "done", $"{ended}");
        Assert.StartsWith("verified to position ", ended.Text("result"), StringComparison.Ordinal);
        Assert.Equal("events", ended.Text("what"));
        Assert.Equal(ended.GetProperty("total").GetInt64(), ended.GetProperty("done").GetInt64());
        Assert.False(ended.TryGetProperty("secondsLeft", out _));
    }

    [Fact]
    public async Task An_export_is_fetched_once_and_is_whole()
    {
        var (ns, token) = await server.RegisterAsync();
        for (var n = 0; n < 3; n++)
        {
            await server.PublishAsync($"{ns}/e", OwnedServer.As(token), $"{{\"n\":{n}}}");
        }

        var begun = await BeginAsync(server.Http, $$"""{"kind":"export","namespace":"{{ns}}"}""");
        Assert.Equal("waiting", begun.Text("state"));
        var file = begun.Text("file")!;
        Assert.Equal(404, (await server.Http.GetAsync(file[..^1] + (file[^1] == '0' ? "1" : "0"))).Status);
        var again = await server.PostJsonAsync(Work, """{"kind":"export"}""", OwnedServer.AsOperator);
        var fetched = await server.Http.GetAsync(file);
        var ended = await WaitForEndAsync(server.Http, begun.Text("id")!);

        Assert.Equal((409, "work_in_progress"), (again.Status, again.Code));
        Assert.Equal((200, "application/x-ndjson"), (fetched.Status, fetched.Header("Content-Type")));
        var lines = fetched.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToList();
        Assert.Equal(5, lines.Count); // what it is, three events, their count
        Assert.Contains("3", lines[^1].GetRawText(), StringComparison.Ordinal);
        Assert.True(ended.Text("state") == "done", $"{ended}");
        Assert.Equal(ns, ended.Text("subject"));
        Assert.Equal(404, (await server.Http.GetAsync(file)).Status);
    }

    [Fact]
    public async Task What_is_called_off_ends_and_makes_room_for_another()
    {
        var begun = await BeginAsync(server.Http, """{"kind":"export"}""");

        var cancelled = await server.Http.DeleteAsync($"{Work}/{begun.Text("id")}", OwnedServer.AsOperator);
        var again = await server.Http.DeleteAsync($"{Work}/{begun.Text("id")}", OwnedServer.AsOperator);
        var fetched = await server.Http.GetAsync(begun.Text("file")!);
        var next = await BeginAsync(server.Http, """{"kind":"export"}""");
        await server.Http.DeleteAsync($"{Work}/{next.Text("id")}", OwnedServer.AsOperator);

        Assert.Equal((204, 404, 404), (cancelled.Status, again.Status, fetched.Status));
        Assert.Equal("cancelled", (await WaitForEndAsync(server.Http, begun.Text("id")!)).Text("state"));
    }

    [Fact]
    public async Task It_is_the_operators_alone()
    {
        var (_, token) = await server.RegisterAsync();
        foreach (var headers in (string[][])[[], [OwnedServer.As(token)]])
        {
            foreach (var answer in (RawAnswer[])
            [
                await server.PostJsonAsync(Work, """{"kind":"verify"}""", headers),
                await server.PostJsonAsync(Work, """{"kind":"export"}""", headers),
                await server.Http.GetAsync(Work, headers),
                await server.Http.DeleteAsync($"{Work}/x", headers),
            ])
            {
                Assert.Equal((401, "admin_required"), (answer.Status, answer.Code));
            }
        }
    }

    [Theory]
    [InlineData("{}", "missing_field")]
    [InlineData("""{"kind":"dance"}""", "invalid_field")]
    [InlineData("""{"kind":7}""", "invalid_field")]
    [InlineData("[]", "invalid_request")]
    public async Task What_is_no_work_is_refused(string body, string code)
    {
        var answer = await server.PostJsonAsync(Work, body, OwnedServer.AsOperator);

        Assert.Equal((400, code), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Without_an_admin_token_anybody_verifies_and_nobody_exports()
    {
        await using var open = new ServerFixture();
        await open.InitializeAsync();
        await open.SetAsync("home/lamp", "{\"on\":true}");

        var verified = await open.PostAsync(Work, """{"kind":"verify"}""", "Content-Type: application/json");
        var exported = await open.PostAsync(Work, """{"kind":"export"}""", "Content-Type: application/json");

        Assert.Equal(202, verified.Status);
        Assert.Equal("done", (await WaitForEndAsync(open, verified.Json.Text("id")!)).Text("state"));
        Assert.Equal((401, "admin_required"), (exported.Status, exported.Code));
    }

    [Fact]
    public async Task What_one_silo_does_another_shows_and_calls_off()
    {
        Assert.SkipWhen(PostgreSqlServer.WhyMissing is not null, PostgreSqlServer.WhyMissing ?? "");
        var database = await postgres.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        await using var one = Silo(database);
        await using var two = Silo(database);
        await one.StartAsync();
        await two.StartAsync();
        await one.SetAsync("home/lamp", "{\"on\":true}");

        var verified = await WaitForEndAsync(two, (await BeginAsync(one, """{"kind":"verify"}""")).Text("id")!);
        var waiting = await BeginAsync(one, """{"kind":"export"}""");
        var twice = await two.PostAsync(Work, """{"kind":"export"}""", OwnedServer.AsOperator, "Content-Type: application/json");
        var fetched = await two.GetAsync(waiting.Text("file")!);
        var exported = await WaitForEndAsync(one, waiting.Text("id")!);
        var off = await BeginAsync(two, """{"kind":"export"}""");
        var cancelled = await one.DeleteAsync($"{Work}/{off.Text("id")}", OwnedServer.AsOperator);

        Assert.True(verified.Text("state") == "done", $"{verified}");
        Assert.Equal(409, twice.Status);
        Assert.Equal(200, fetched.Status);
        Assert.Contains("home/lamp", fetched.Text, StringComparison.Ordinal);
        Assert.True(exported.Text("state") == "done", $"{exported}");
        Assert.Equal(204, cancelled.Status);
        Assert.Equal(404, (await two.GetAsync(off.Text("file")!)).Status);
    }

    private static ServerFixture Silo(string database)
    {
        var silo = new ServerFixture();
        silo.Environment["FLUX_POSTGRES"] = database;
        silo.Environment["FLUX_SILO_ADDRESS"] = "127.0.0.1";
        silo.Environment["FLUX_SILO_PORT"] = $"{FreePort.Next()}";
        silo.Environment["FLUX_ADMIN_TOKEN"] = OwnedServer.AdminToken;
        return silo;
    }

    private static async Task<JsonElement> BeginAsync(ServerFixture server, string body)
    {
        var answer = await server.PostAsync(Work, body, OwnedServer.AsOperator, "Content-Type: application/json");
        Assert.True(answer.Status == 202, $"{answer}");
        return answer.Json;
    }

    private static async Task<JsonElement> WaitForEndAsync(ServerFixture server, string id)
    {
        using var guard = new CancellationTokenSource(ServerFixture.Guard);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        JsonElement work;
        do
        {
            await pace.WaitForNextTickAsync(guard.Token);
            var list = await server.GetAsync(Work, OwnedServer.AsOperator);
            Assert.True(list.Status == 200, $"{list}");
            work = list.Json.EnumerateArray().Single(item => item.Text("id") == id);
        }
        while (work.Text("state") is "waiting" or "running");
        return work;
    }
}
