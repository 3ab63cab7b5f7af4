using System.Text.Json;
using Flux.Core.Log;
using Flux.Core.Subscriptions;
using Flux.Server.Tests.Contract;

namespace Flux.Server.Tests.Subscriptions.V2;

/// <summary>Where a subscription begins, over real sockets.</summary>
public sealed class StartTests(ServerFixture server)
{
    [Fact]
    public async Task Now_is_what_comes_next_and_what_is_meant_when_nothing_is_said()
    {
        var id = Wire.NewId();
        var before = await server.SetAsync(id, "{\"n\":1}");
        await using var socket = await NewerSocket.OpenAsync(server.Port);

        var now = await socket.SubscribeAsync("now", $"\"entity\":\"{id}\",\"from\":\"now\"");
        var unsaid = await socket.SubscribeAsync("unsaid", $"\"entity\":\"{id}\"");
        await server.SetAsync(id, "{\"n\":2}");

        Assert.Equal(["cursor", "position", "sub", "type"], now.Members());
        Assert.Equal(["cursor", "position", "sub", "type"], unsaid.Members());
        Assert.True(now.GetProperty("position").GetInt64() >= before.GetProperty("position").GetInt64());
        foreach (var _ in (string[])["now", "unsaid"])
        {
            Assert.Equal(2, (await socket.NextAsync()).GetProperty("properties").GetProperty("n").GetInt32());
        }
    }

    [Theory]
    [InlineData("cursor")]
    [InlineData("position")]
    [InlineData("position as text")]
    public async Task A_subscription_goes_on_right_behind_what_was_received(string kind)
    {
        var id = Wire.NewId();
        var cursors = new List<JsonElement>();
        await using (var first = await NewerSocket.OpenAsync(server.Port))
        {
            cursors.Add(await first.SubscribeAsync("first", $"\"entity\":\"{id}\""));
            for (var n = 1; n <= 5; n++)
            {
                await server.SetAsync(id, $"{{\"n\":{n}}}");
                cursors.Add(await first.NextAsync());
            }
        }

        await server.SetAsync(id, "{\"n\":6}");
        await using var socket = await NewerSocket.OpenAsync(server.Port);
        for (var received = 0; received < cursors.Count; received++)
        {
            var from = kind switch
            {
                "cursor" => cursors[received].GetProperty("cursor").GetRawText(),
                "position" => cursors[received].GetProperty("position").GetRawText(),
                _ => $"\"{cursors[received].GetProperty("position").GetRawText()}\"",
            };
            var subscribed = await socket.SubscribeAsync($"from {received}", $"\"entity\":\"{id}\",\"from\":{from}");
            Assert.Equal(cursors[received].Text("cursor"), subscribed.Text("cursor"));
            var missed = await socket.UntilAsync(frame => frame.Text("type") == "caught_up");
            Assert.Equal(Enumerable.Range(received + 1, 6 - received), missed.Select(frame => frame.GetProperty("properties").GetProperty("n").GetInt32()));
        }

        await server.SetAsync(id, "{\"n\":7}");
        var live = new List<string?>();
        while (live.Count < cursors.Count)
        {
            var frame = await socket.NextAsync();
            Assert.Equal(7, frame.GetProperty("properties").GetProperty("n").GetInt32());
            live.Add(frame.Text("sub"));
        }

        Assert.Equal(cursors.Count, live.Distinct().Count());
        Assert.Empty(await socket.PingAsync());
    }

    [Fact]
    public async Task From_0_the_whole_history_comes()
    {
        var id = Wire.NewId();
        await server.SetAsync(id, "{\"n\":1}");
        await server.DeleteAsync(RawRequest.EntityPath(id));
        await server.SetAsync(id, "{\"n\":2}");
        await using var socket = await NewerSocket.OpenAsync(server.Port);

        var subscribed = await socket.SubscribeAsync("s", $"\"entity\":\"{id}\",\"from\":0");

        Assert.Equal(0, subscribed.GetProperty("position").GetInt64());
        var frames = await socket.UntilAsync(frame => frame.Text("type") == "caught_up");
        Assert.Equal(["change", "entity_deleted", "change"], frames.Select(frame => frame.Text("type")));
        Assert.Equal([1L, 2, 3], frames.Select(frame => frame.GetProperty("version").GetInt64()));

        // The cursor of that beginning is one to resume from as well.
        await socket.SubscribeAsync("again", $"\"entity\":\"{id}\",\"from\":\"{subscribed.Text("cursor")}\"");
        Assert.Equal(3, (await socket.UntilAsync(frame => frame.Text("type") == "caught_up")).Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData(""","where":"properties.n > 0" """)]
    public async Task A_cursor_that_is_none_of_this_log_is_answered_with_the_head(string where)
    {
        var id = Wire.NewId();
        var head = (await server.SetAsync(id, "{\"n\":1}")).GetProperty("position").GetInt64();
        await using var socket = await NewerSocket.OpenAsync(server.Port);
        var subscribed = await socket.SubscribeAsync("known", $"\"entity\":\"{id}\",\"from\":{head}");
        await socket.ThroughAsync(frame => frame.Text("type") == "caught_up"); // the live position has passed what was acknowledged
        Assert.True(Cursor.TryParse(subscribed.Text("cursor"), out var known));
        string[] unknown =
        [
            $"\"{known with { Epoch = Guid.NewGuid() }}\"",
            $"\"{known with { RowHash = known.RowHash + 1 }}\"",
            $"\"{known with { Position = new Position(known.Position.Value + 1_000_000) }}\"",
            $"\"{known with { Position = new Position(long.MaxValue) }}\"",
            $"{known.Position.Value + 1_000_000}",
            $"{long.MaxValue}",
        ];
        foreach (var from in unknown)
        {
            var answer = await socket.AskAsync($$"""{"type":"subscribe","sub":"s","entity":"{{id}}","from":{{from}}{{where}}}""");

            Assert.Equal(["cursor", "first", "position", "sub", "type"], answer.Members());
            Assert.Equal(("cursor_unknown", "s"), (answer.Text("type"), answer.Text("sub")));
            Assert.Equal(1, answer.GetProperty("first").GetInt64());
            Assert.True(answer.GetProperty("position").GetInt64() >= head, $"{answer}");
            Assert.True(Cursor.TryParse(answer.Text("cursor"), out var cursor));
            Assert.Equal(answer.GetProperty("position").GetInt64(), cursor.Position.Value);
        }

        // Nothing was subscribed, and the head is a place to go on from.
        await server.SetAsync(id, "{\"n\":2}");
        Assert.Equal("known", (await socket.NextAsync()).Text("sub"));
        Assert.Empty(await socket.PingAsync());
        await socket.SubscribeAsync("s", $"\"entity\":\"{id}\",\"from\":\"{subscribed.Text("cursor")}\"");
    }

    [Fact]
    public async Task An_altered_cursor_is_refused()
    {
        await using var socket = await NewerSocket.OpenAsync(server.Port);
        var cursor = (await socket.SubscribeAsync("known", "\"entity\":\"a\"")).Text("cursor")!;
        string[] altered = [cursor[..^1], $"{cursor}A", $" {cursor}", cursor[..10] + (cursor[10] == 'A' ? 'B' : 'A') + cursor[11..], cursor.ToLowerInvariant()];
        foreach (var from in altered)
        {
            await socket.RefusedAsync($$"""{"type":"subscribe","sub":"s","entity":"a","from":"{{from}}"}""", "invalid_parameter");
        }
    }

    [Fact]
    public async Task Cursors_survive_a_kill_of_the_server_and_fit_streams_and_sockets_alike()
    {
        await using var own = new ServerFixture();
        await own.StartAsync();
        var id = Wire.NewId();
        string cursor;
        string fromStream;
        await using (var socket = await NewerSocket.OpenAsync(own.Port))
        {
            await socket.SubscribeAsync("s", $"\"entity\":\"{id}\"");
            await own.SetAsync(id, "{\"n\":1}");
            cursor = (await socket.NextAsync()).Text("cursor")!;
            await own.SetAsync(id, "{\"n\":2}");
            Assert.Equal(2, (await socket.NextAsync()).GetProperty("properties").GetProperty("n").GetInt32());
        }

        await using (var stream = await EventSource.OpenAsync($"http://127.0.0.1:{own.Port}/api/stream?entity={id}&from={cursor}"))
        {
            await stream.NextAsync("subscribed", "position", "cursor");
            fromStream = (await stream.NextAsync("change", ["entity_id", "properties", .. NewerSocketTests.Common])).Text("cursor")!;
        }

        await own.KillAsync();
        await own.StartAsync();
        await own.SetAsync(id, "{\"n\":3}");

        await using (var socket = await NewerSocket.OpenAsync(own.Port))
        {
            await socket.SubscribeAsync("another", $"\"entity\":\"{id}\",\"from\":\"{fromStream}\"");
            Assert.Equal([3], Numbers(await socket.UntilAsync(frame => frame.Text("type") == "caught_up")));
            await socket.SubscribeAsync("predicate", $"\"entity\":\"{id}\",\"from\":\"{cursor}\",\"where\":\"properties.n > 0\"");
            Assert.Equal([2, 3], Numbers(await socket.UntilAsync(frame => frame.Text("type") == "caught_up")));
        }

        await using (var stream = await EventSource.OpenAsync($"http://127.0.0.1:{own.Port}/api/stream?entity={id}", ("Last-Event-ID", cursor)))
        {
            await stream.NextAsync("subscribed", "position", "cursor");
            Assert.Equal(2, (await stream.NextAsync())!.Value.GetProperty("properties").GetProperty("n").GetInt32());
            Assert.Equal(3, (await stream.NextAsync())!.Value.GetProperty("properties").GetProperty("n").GetInt32());
            await stream.NextAsync("caught_up", "position", "cursor");
        }

        static List<int> Numbers(List<JsonElement> frames) => [.. frames.Select(frame => frame.GetProperty("properties").GetProperty("n").GetInt32())];
    }
}
