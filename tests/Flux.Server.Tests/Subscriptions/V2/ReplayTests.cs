using System.Text.Json;
using Flux.Core.Log;
using Flux.Core.Subscriptions;
using Flux.Server.Tests.BadInput;
using Flux.Server.Tests.Contract;

namespace Flux.Server.Tests.Subscriptions.V2;

/// <summary>Replays over real sockets: what comes, what answers what, and how it becomes live.</summary>
public sealed class ReplayTests(ServerFixture server)
{
    private const string Mark = ",\"replay\":true";

    private static readonly string[] State = ["type", "sub", "replay", "answer", "paused", "speed", "to", "position", "cursor"];

    // What is written in turn: properties, or a deletion.
    private static readonly string?[] Writes =
        ["{\"n\":1,\"s\":\"ä\\n\\u0007 \\\"😀\"}", "{\"n\":9}", "{\"n\":9}", "{\"m\":[1,{\"x\":null}]}", "{\"n\":8e2}", "{\"n\":2}", null, "{\"n\":7}", "{\"n\":1}", null, "{\"m\":-0.0}"];

    [Theory]
    [InlineData("\"entity\":\"{0}/*\"")]
    [InlineData("\"entity_id\":\"{0}/*\"")]
    [InlineData("\"entity\":\"*\"")]
    [InlineData("\"prefix\":[\"{0}/a\",\"{0}/b\"]")]
    [InlineData("\"entity\":[\"{0}/a\",\"{0}/b\"]")]
    [InlineData("\"entity\":\"{0}/*\",\"where\":\"properties.n > 5\"")]
    [InlineData("\"entity\":\"*\",\"where\":\"properties.n > 5 && entity.startsWith('{0}/')\"")]
    [InlineData("\"entity\":\"{0}/*\",\"where\":\"'m' in changed || deleted\"")]
    public async Task What_is_replayed_is_what_live_subscribers_got_but_for_the_mark(string scope)
    {
        var ns = Wire.NewNamespace();
        var members = scope.Replace("{0}", ns, StringComparison.Ordinal);
        await using var socket = await NewerSocket.OpenAsync(server.Port);
        await using var past = await NewerSocket.OpenAsync(server.Port);
        var begun = await socket.SubscribeAsync("s", members.Replace("entity_id", "entity", StringComparison.Ordinal));
        foreach (var id in (string[])[$"{ns}/a", $"{ns}/b"])
        {
            await WriteAllAsync(id);
        }

        var last = await server.SetAsync($"{ns}/b", "{\"n\":6,\"m\":6}"); // in every scope, and every predicate is true

        var live = await socket.ThroughAsync(frame => Position(frame) == Position(last));
        var answer = await past.AskAsync($$"""{"type":"replay","sub":"s",{{members}},"from":"{{begun.Text("cursor")}}","to":{{Position(last)}},"speed":"max"}""");
        var frames = await past.UntilAsync(frame => frame.Text("type") == "replayed");

        Assert.Equal(("replaying", "replay", "max"), (answer.Text("type"), answer.Text("answer"), answer.Text("speed")));
        Assert.All(frames, frame => Assert.True(frame.GetProperty("replay").GetBoolean()));
        Assert.Equal(live.Select(frame => frame.GetRawText()), frames.Select(frame => frame.GetRawText().Replace(Mark, "", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("")]
    [InlineData(",\"where\":\"properties.n > -1\"")]
    public async Task A_replay_goes_live_without_a_gap_and_without_a_repeat(string where)
    {
        const int Last = 600;
        var id = Wire.NewId();
        for (var n = 1; n <= 100; n++)
        {
            await server.SetAsync(id, $"{{\"n\":{n}}}");
        }

        await using var socket = await NewerSocket.OpenAsync(server.Port);
        var writing = WriteAsync(id, 101, Last);
        await socket.SendAsync($$"""{"type":"replay","sub":"s","entity":"{{id}}","from":"start","to":"live","speed":"max"{{where}}}""");
        var frames = await socket.ThroughAsync(frame => frame.TryGetProperty("version", out var version) && version.GetInt32() == Last);
        await writing;

        var changes = frames.Where(frame => frame.TryGetProperty("version", out _)).ToList();
        Assert.Equal(Enumerable.Range(1, Last), changes.Select(frame => frame.GetProperty("version").GetInt32()));
        Assert.Equal("live", frames[0].Text("to"));
        var end = frames.FindIndex(frame => frame.Text("type") == "replayed");
        if (end >= 0)
        {
            Assert.All(frames.Take(end), frame => Assert.True(frame.TryGetProperty("replay", out _)));
            Assert.All(frames.Skip(end + 1), frame => Assert.False(frame.TryGetProperty("replay", out _)));
        }
        else
        {
            frames.AddRange(await socket.ThroughAsync(frame => frame.Text("type") == "replayed"));
        }

        if (!frames.Exists(frame => frame.Text("type") == "caught_up"))
        {
            await socket.NextAsync("caught_up", "sub", "position", "cursor");
        }

        await server.SetAsync(id, "{\"n\":1000}");
        var live = await socket.NextAsync();
        Assert.Equal((Last + 1, false), (live.GetProperty("version").GetInt32(), live.TryGetProperty("replay", out _)));
        Assert.Equal("s", (await socket.AskAsync("""{"type":"unsubscribe","sub":"s"}""")).Text("sub"));
    }

    [Fact]
    public async Task A_replay_that_has_ended_or_was_stopped_leaves_its_name_and_a_cursor_to_go_on_from()
    {
        var (id, positions) = await WriteAsync(3);
        await using var socket = await NewerSocket.OpenAsync(server.Port);

        // At speed 1 from the beginning of the log, the first one comes at once, and then it is stopped.
        await StartAsync(socket, $"\"entity\":\"{id}\",\"from\":\"start\",\"to\":{positions[2]},\"speed\":0.001");
        Assert.Equal(positions[0], Position(await socket.NextAsync()));
        await socket.RefusedAsync($$"""{"type":"replay","sub":"r","entity":"{{id}}","from":0}""", "sub_in_use");
        await socket.RefusedAsync($$"""{"type":"subscribe","sub":"r","entity":"{{id}}"}""", "sub_in_use");
        await socket.SendAsync("""{"type":"stop","sub":"r"}""");
        var stopped = await socket.NextAsync("stopped", "sub", "replay", "position", "cursor");
        Assert.Equal(positions[0], Position(stopped));
        await socket.RefusedAsync("""{"type":"resume","sub":"r"}""", "unknown_sub");

        await StartAsync(socket, $"\"entity\":\"{id}\",\"from\":\"{stopped.Text("cursor")}\",\"to\":{positions[2]},\"speed\":\"max\"");
        Assert.Equal(positions[1], Position(await socket.NextAsync()));
        Assert.Equal(positions[2], Position(await socket.NextAsync()));
        var replayed = await socket.NextAsync("replayed", "sub", "replay", "position", "cursor");
        Assert.Equal(positions[2], Position(replayed));

        await socket.SubscribeAsync("r", $"\"entity\":\"{id}\",\"from\":\"{replayed.Text("cursor")}\"");
        Assert.Equal("caught_up", (await socket.NextAsync()).Text("type"));
        await socket.RefusedAsync("""{"type":"stop","sub":"r"}""", "not_replaying");
    }

    [Fact]
    public async Task Unsubscribing_ends_a_replay_too()
    {
        var (id, positions) = await WriteAsync(2);
        await using var socket = await NewerSocket.OpenAsync(server.Port);
        await StartAsync(socket, $"\"entity\":\"{id}\",\"from\":{positions[0]},\"speed\":0.001");

        await socket.SendAsync("""{"type":"unsubscribe","sub":"r"}""");

        Assert.Equal("unsubscribed", (await socket.NextAsync()).Text("type"));
        await socket.SubscribeAsync("r", $"\"entity\":\"{id}\",\"from\":{positions[1]}");
        Assert.Equal("caught_up", (await socket.NextAsync()).Text("type"));
        Assert.Empty(await socket.PingAsync());
    }

    [Fact]
    public async Task Times_take_what_was_recorded_at_them()
    {
        var (id, positions) = await WriteAsync(4);
        var history = (await server.HistoryAsync(id)).OrderBy(Position).ToList();
        await using var socket = await NewerSocket.OpenAsync(server.Port);

        var answer = await StartAsync(
            socket, $"\"entity\":\"{id}\",\"from\":\"{history[1].Text("recordedAt")}\",\"to\":\"{history[2].Text("recordedAt")}\",\"speed\":\"max\"");

        var frames = await socket.UntilAsync(frame => frame.Text("type") == "replayed");
        Assert.Equal([positions[1], positions[2]], frames.Select(Position));
        Assert.True(answer.TryGetProperty("time", out _));
    }

    [Fact]
    public async Task Seeking_back_shows_the_same_again_and_nothing_of_before_comes_behind_the_answer()
    {
        var (id, positions) = await WriteAsync(20);
        await using var socket = await NewerSocket.OpenAsync(server.Port);
        await StartAsync(socket, $"\"entity\":\"{id}\",\"from\":\"start\",\"to\":\"live\",\"speed\":0.001,\"paused\":true");
        Assert.Empty(await socket.PingAsync());
        await socket.AskAsync("""{"type":"resume","sub":"r"}""");
        Assert.Equal(positions[0], Position(await socket.NextAsync()));
        await socket.SendAsync("""{"type":"pause","sub":"r"}""");
        Assert.Equal(State.Append("time").Order(StringComparer.Ordinal), (await socket.NextAsync()).Members());
        await socket.AskAsync("""{"type":"speed","sub":"r","speed":"max"}""");
        await socket.AskAsync($$"""{"type":"seek","sub":"r","from":{{positions[9]}}}""");
        Assert.Empty(await socket.PingAsync());

        await socket.AskAsync("""{"type":"resume","sub":"r"}""");
        foreach (var position in positions.Skip(10))
        {
            Assert.Equal(position, Position(await socket.NextAsync()));
        }

        Assert.Equal("replayed", (await socket.NextAsync()).Text("type"));
        Assert.Equal("caught_up", (await socket.NextAsync()).Text("type"));
    }

    [Fact]
    public async Task A_place_that_is_none_of_this_log_is_answered_with_the_head()
    {
        var (id, positions) = await WriteAsync(2);
        await using var socket = await NewerSocket.OpenAsync(server.Port);
        var running = await StartAsync(socket, $"\"entity\":\"{id}\",\"from\":{positions[0]},\"to\":\"live\",\"speed\":0.001");
        Assert.True(Cursor.TryParse(running.Text("cursor"), out var known));
        string[] unknown =
        [
            $"\"{known with { Epoch = Guid.NewGuid() }}\"",
            $"\"{known with { RowHash = known.RowHash + 1 }}\"",
            $"\"{known with { Position = new Position(known.Position.Value + 1_000_000) }}\"",
            $"{known.Position.Value + 1_000_000}",
            $"{long.MaxValue}",
        ];
        foreach (var place in unknown)
        {
            foreach (var message in (string[])[$"\"from\":{place}", $"\"from\":0,\"to\":{place}"])
            {
                await socket.SendAsync($$"""{"type":"replay","sub":"x","entity":"{{id}}",{{message}}}""");
                CheckUnknown(await socket.NextAsync("cursor_unknown", "sub", "replay", "first", "position", "cursor"), "x", positions[1]);
            }

            await socket.SendAsync($$"""{"type":"seek","sub":"r","from":{{place}}}""");
            var refused = await socket.NextAsync("cursor_unknown", "sub", "replay", "refused", "first", "position", "cursor");
            Assert.Equal("seek", refused.Text("refused"));
            CheckUnknown(refused, "r", positions[1]);
        }

        Assert.Equal(positions[0], Position(await socket.AskAsync("""{"type":"pause","sub":"r"}"""))); // it stands where it stood
    }

    [Fact]
    public async Task Refused_messages_say_which_they_were_and_leave_the_replay_as_it_was()
    {
        var (id, positions) = await WriteAsync(3);
        await using var socket = await NewerSocket.OpenAsync(server.Port);
        await socket.SubscribeAsync("plain", $"\"entity\":\"{id}-beside\""); // the last event of the other may still be on its way
        await StartAsync(socket, $"\"entity\":\"{id}\",\"from\":{positions[0]},\"to\":{positions[1]},\"speed\":0.001");
        (string Type, string Members, string Code)[] messages =
        [
            ("pause", "\"sub\":\"nobody\"", "unknown_sub"), ("resume", "\"sub\":\"plain\"", "not_replaying"), ("stop", "\"sub\":5", "invalid_field"),
            ("seek", "\"sub\":\"r\"", "missing_field"), ("seek", "\"sub\":\"r\",\"from\":\"soon\"", "invalid_parameter"),
            ("seek", $"\"sub\":\"r\",\"from\":{positions[2]}", "invalid_parameter"), ("seek", "\"sub\":\"r\",\"from\":\"2999-01-01T00:00:00Z\"", "invalid_parameter"),
            ("speed", "\"sub\":\"r\"", "missing_field"), ("speed", "\"sub\":\"r\",\"speed\":0", "invalid_field"), ("speed", "\"sub\":\"r\",\"speed\":\"fast\"", "invalid_field"),
        ];
        foreach (var (type, members, code) in messages)
        {
            var refusal = await socket.RefusedAsync($$"""{"type":"{{type}}",{{members}}}""", code);
            Assert.Equal(type, refusal.Text("refused"));
        }

        var state = await socket.AskAsync("""{"type":"pause","sub":"r"}""");
        Assert.Equal((positions[0], 0.001), (Position(state), state.GetProperty("speed").GetDouble()));
        await socket.RefusedAsync($$"""{"type":"replay","sub":"x","entity":"{{id}}","from":{{positions[1]}},"to":{{positions[0]}}}""", "invalid_parameter");
    }

    [Fact]
    public async Task A_socket_has_at_most_sixteen_replays_and_one_that_ended_makes_room()
    {
        var (id, positions) = await WriteAsync(2);
        await using var socket = await NewerSocket.OpenAsync(server.Port);
        for (var i = 1; i <= 16; i++)
        {
            await StartAsync(socket, $"\"entity\":\"{id}\",\"from\":{positions[0]},\"speed\":0.001", $"r{i}");
        }

        var more = $$"""{"type":"replay","sub":"more","entity":"{{id}}","from":{{positions[0]}},"speed":"max"}""";
        await socket.RefusedAsync(more, "too_many_subscriptions");
        Assert.Equal("stopped", (await socket.AskAsync("""{"type":"stop","sub":"r7"}""")).Text("type"));
        Assert.Equal("replaying", (await socket.AskAsync(more)).Text("type"));
        Assert.Equal(["change", "replayed"], [.. (await socket.ThroughAsync(frame => frame.Text("type") == "replayed")).Select(frame => frame.Text("type"))]);
    }

    private static void CheckUnknown(JsonElement answer, string sub, long head)
    {
        Assert.Equal((sub, 1), (answer.Text("sub"), answer.GetProperty("first").GetInt64()));
        Assert.True(Position(answer) >= head, $"{answer}");
        Assert.True(Cursor.TryParse(answer.Text("cursor"), out var cursor));
        Assert.Equal(Position(answer), cursor.Position.Value);
    }

    private static long Position(JsonElement json) => json.GetProperty("position").GetInt64();

    private static async Task<JsonElement> StartAsync(NewerSocket socket, string members, string sub = "r")
    {
        var answer = await socket.AskAsync($$"""{"type":"replay","sub":"{{sub}}",{{members}}}""");
        Assert.True(answer.Text("type") == "replaying" && answer.Text("sub") == sub, $"{sub} was to be replayed: {answer}");
        return answer;
    }

    private async Task WriteAllAsync(string id)
    {
        foreach (var properties in Writes)
        {
            if (properties is null)
            {
                await server.DeleteAsync(RawRequest.EntityPath(id));
            }
            else
            {
                await server.SetAsync(id, properties);
            }
        }
    }

    private async Task<(string Id, List<long> Positions)> WriteAsync(int count)
    {
        var id = Wire.NewId();
        var positions = new List<long>();
        for (var n = 1; n <= count; n++)
        {
            positions.Add(Position(await server.SetAsync(id, $"{{\"n\":{n}}}")));
        }

        return (id, positions);
    }

    private async Task WriteAsync(string id, int from, int to)
    {
        await using var http = await server.ConnectAsync();
        for (var n = from; n <= to; n++)
        {
            Assert.Equal(200, (await http.ExchangeAsync(RawRequest.Publish(Good.Event(id, $"{{\"n\":{n}}}")))).Status);
        }
    }
}
