using Flux.Server.Tests.Contract;
using Flux.Server.Tests.Namespaces;

namespace Flux.Server.Tests.Demo;

/// <summary>The demo world over HTTP: docs/protocol.md.</summary>
public sealed class DemoTests(DemoServer demo, OwnedServer owned) : IClassFixture<DemoServer>
{
    private const string Path = "/api/demo";
    private const string Of = "prefix=demo/";

    private readonly ServerFixture _server = demo.Http;

    [Fact]
    public async Task It_starts_and_lives_until_it_is_ended_and_leaves_nothing_behind()
    {
        Assert.Equal("none", (await _server.GetAsync(Path)).Json.Text("state"));
        var started = await StartAsync(_server);
        Assert.Equal("running", started.Json.Text("state"));
        Assert.InRange((DateTimeOffset.Parse(started.Json.Text("ends_at")!) - TimeProvider.System.GetUtcNow()).TotalMinutes, 28, 30);
        Assert.InRange((await _server.ListAsync(Of)).Count, 20, 40);

        await using (var socket = await RawWebSocket.OpenAsync(_server.Port))
        {
            await socket.SubscribeAsync("demo/*");
            var changed = new HashSet<string>();
            while (changed.Count < 12)
            {
                changed.Add((await socket.NextMessageAsync("a change of the demo world")).Text("entity_id")!);
            }
        }

        var again = await StartAsync(_server);
        Assert.Equal(started.Json.Text("ends_at"), again.Json.Text("ends_at"));
        var entities = await _server.ListAsync(Of);
        Assert.Equal(entities.Count, await EndAsync(_server));
        Assert.Empty(await _server.ListAsync(Of));
        Assert.Equal("none", (await _server.GetAsync(Path)).Json.Text("state"));
        Assert.Equal(0, await EndAsync(_server));

        // Nothing came behind the end, and its events stay.
        var last = (await _server.GetAsync($"/api/events?{Of}&order=desc&limit=1")).Json[0];
        Assert.Equal("demo/world", last.GetProperty("payload").Text("entity_id"));
        Assert.True(last.GetProperty("payload").GetProperty("properties").GetProperty("__deleted__").GetBoolean());
        Assert.All(await Task.WhenAll(entities.Select(id => _server.HistoryAsync(id, "&order=asc"))), history => Assert.True(history.Count > 1));
    }

    [Fact]
    public async Task What_is_not_of_the_demo_keeps_it_from_starting_and_is_never_deleted()
    {
        await _server.SetAsync("demo/mine", "{\"n\":1}");
        await _server.SetAsync("demo/plant/power", "{\"n\":1}"); // the demo has an entity of this name, and there is no demo

        var refused = await _server.PostAsync(Path, string.Empty);

        Wire.AssertRefused(refused, 409, "'demo/mine' is not of the demo");
        Assert.Equal("name_taken", refused.Code);
        Assert.Equal("none", (await _server.GetAsync(Path)).Json.Text("state"));
        Assert.Equal(0, await EndAsync(_server));
        Assert.Equal(["demo/mine", "demo/plant/power"], await _server.ListAsync(Of));

        await _server.DeleteAsync(RawRequest.EntityPath("demo/mine"));
        Wire.AssertRefused(await _server.PostAsync(Path, string.Empty), 409, "demo/plant/power");
        await _server.DeleteAsync(RawRequest.EntityPath("demo/plant/power"));
        await StartAsync(_server);
        await _server.SetAsync("demo/mine", "{\"n\":2}");
        await EndAsync(_server);
        Assert.Equal(["demo/mine"], await _server.ListAsync(Of));
        await _server.DeleteAsync(RawRequest.EntityPath("demo/mine"));
    }

    [Fact]
    public async Task What_a_lost_server_has_left_is_said_lives_anew_and_can_be_taken_away()
    {
        await StartAsync(_server);
        await _server.KillAsync();
        await _server.StartAsync();

        Assert.Equal("ended", (await _server.GetAsync(Path)).Json.Text("state"));
        var left = await _server.ListAsync(Of);
        Assert.Equal("running", (await StartAsync(_server)).Json.Text("state"));
        Assert.Equal(left, await _server.ListAsync(Of));
        Assert.Equal(left.Count, await EndAsync(_server));
    }

    [Fact]
    public async Task With_tokens_it_is_the_operators_and_so_is_its_namespace()
    {
        var http = owned.Http;
        var (_, stranger) = await owned.RegisterAsync();
        foreach (var headers in (string[][])[[], [OwnedServer.As(stranger)]])
        {
            Assert.Equal((401, "admin_required"), Outcome(await http.PostAsync(Path, string.Empty, headers)));
            Assert.Equal((401, "admin_required"), Outcome(await http.DeleteAsync(Path, headers)));
        }

        await owned.RegisterAsync("demo");
        Assert.Equal((409, "name_taken"), Outcome(await http.PostAsync(Path, string.Empty, OwnedServer.AsOperator)));
        Assert.Equal(204, (await http.DeleteAsync("/api/namespaces/demo", OwnedServer.AsOperator)).Status);

        await StartAsync(http, OwnedServer.AsOperator);
        Assert.Equal("running", (await http.GetAsync(Path)).Json.Text("state"));
        Assert.Equal((403, "wrong_namespace"), Outcome(await owned.PublishAsync("demo/plant/power", OwnedServer.As(stranger))));
        Assert.Equal(200, (await http.GetAsync("/api/namespaces/demo")).Status);
        Assert.InRange(await EndAsync(http, OwnedServer.AsOperator), 20, 40);
        Assert.Equal(404, (await http.GetAsync("/api/namespaces/demo")).Status);
        await StartAsync(http, OwnedServer.AsOperator); // the name is free again
        await EndAsync(http, OwnedServer.AsOperator);
    }

    private static (int Status, string? Code) Outcome(RawAnswer answer) => (answer.Status, answer.Code);

    private static async Task<RawAnswer> StartAsync(ServerFixture server, params string[] headers)
    {
        var answer = await server.PostAsync(Path, string.Empty, headers);
        Assert.True(answer.Status == 200, $"{answer}");
        return answer;
    }

    private static async Task<int> EndAsync(ServerFixture server, params string[] headers)
    {
        var answer = await server.DeleteAsync(Path, headers);
        Assert.True(answer.Status == 200, $"{answer}");
        return answer.Json.GetProperty("deleted").GetInt32();
    }
}
