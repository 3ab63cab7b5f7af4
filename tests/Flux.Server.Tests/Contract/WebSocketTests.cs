using System.Text;
using System.Text.Json;
using Flux.Server.Tests.BadInput;

namespace Flux.Server.Tests.Contract;

/// <summary>Wire contract, section 15: the classic socket.</summary>
public sealed class WebSocketTests(ServerFixture server)
{
    [Fact]
    public async Task The_upgrade_is_standard_without_subprotocol_or_compression()
    {
        await using var http = await server.ConnectAsync();

        var answer = await http.ExchangeAsync(RawWebSocket.Handshake("/api/ws?token=x",
            "Sec-WebSocket-Protocol: something.else", "Sec-WebSocket-Extensions: permessage-deflate"));

        Assert.Equal(101, answer.Status);
        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", answer.Header("Sec-WebSocket-Accept"));
        Assert.Null(answer.Header("Sec-WebSocket-Protocol"));
        Assert.Null(answer.Header("Sec-WebSocket-Extensions"));
    }

    [Fact]
    public async Task A_plain_get_is_400()
    {
        Wire.AssertRefused(await server.GetAsync("/api/ws"), 400);
    }

    [Fact]
    public async Task A_socket_without_subscriptions_gets_everything_from_the_moment_it_connects()
    {
        var (a, b) = (Wire.NewId(), Wire.NewId());
        await using var socket = await server.OpenSocketAsync();

        await server.SetAsync(a, "{\"n\":1}");
        await server.SetAsync(b, "{\"n\":1}");

        await socket.NextAboutAsync(a);
        await socket.NextAboutAsync(b);
    }

    [Fact]
    public async Task An_update_has_its_five_members()
    {
        var id = Wire.NewId();
        await using var socket = await server.OpenSocketAsync();

        await server.SetAsync(id, """{"v":{"a":[1,null]}}""");

        var update = await socket.NextAboutAsync(id);
        Assert.Empty(((string[])["entity_id", "property", "timestamp", "type", "value"]).Except(update.Members()));
        Assert.Equal("state_update", update.Text("type"));
        Assert.Equal("v", update.Text("property"));
        Assert.Equal("""{"a":[1,null]}""", update.GetProperty("value").GetRawText());
    }

    [Fact]
    public async Task Null_is_pushed_as_a_value()
    {
        var id = Wire.NewId();
        await using var socket = await server.OpenSocketAsync();

        await server.SetAsync(id, """{"v":null}""");

        Assert.Equal(JsonValueKind.Null, (await socket.NextAboutAsync(id)).GetProperty("value").ValueKind);
    }

    [Fact]
    public async Task Every_property_that_was_set_is_one_update()
    {
        var id = Wire.NewId();
        await using var socket = await server.OpenSocketAsync();

        await server.SetAsync(id, """{"a":1,"b":2,"c":3}""");

        var updates = new List<string?>();
        for (var i = 0; i < 3; i++)
        {
            updates.Add((await socket.NextAboutAsync(id)).Text("property"));
        }

        Assert.Equal(["a", "b", "c"], updates.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Frames_are_compact_text_and_not_needlessly_escaped()
    {
        var id = $"{Wire.NewId()}+\u00e9";
        await using var socket = await server.OpenSocketAsync();
        await socket.SubscribeAsync(id);
        await socket.RoundTripAsync();

        await server.SetAsync(id, "{\"v\":\"\u20ac<&>\"}");

        (byte Opcode, byte[] Payload) frame;
        do
        {
            frame = await socket.NextFrameAsync("an update");
        }
        while (!Encoding.UTF8.GetString(frame.Payload).Contains("state_update", StringComparison.Ordinal));

        var text = Encoding.UTF8.GetString(frame.Payload);
        Assert.Equal(RawWebSocket.Text, frame.Opcode);
        Assert.Contains(id, text, StringComparison.Ordinal);
        Assert.Contains("\u20ac<&>", text, StringComparison.Ordinal);
        Assert.DoesNotContain(text, char.IsWhiteSpace);
    }

    [Fact]
    public async Task A_subscription_to_ids_brings_exactly_those()
    {
        var (a, b, other) = (Wire.NewId(), Wire.NewId(), Wire.NewId());
        await using var socket = await SubscribedAsync(a, b);

        Assert.Equal([b, a], await SeenAsync(socket, other, b, a));
    }

    [Fact]
    public async Task A_star_brings_everything_whatever_else_the_set_holds()
    {
        var (a, other) = (Wire.NewId(), Wire.NewId());
        await using var socket = await SubscribedAsync(a, "*");

        Assert.Equal([other, a], await SeenAsync(socket, other, a));
    }

    [Fact]
    public async Task A_namespace_star_brings_every_id_below_it_at_any_depth()
    {
        var ns = Wire.NewNamespace();
        await using var socket = await SubscribedAsync($"{ns}/*");

        Assert.Equal([$"{ns}/a", $"{ns}/b/c"], await SeenAsync(socket, ns, $"{ns}x/a", $"{ns}/a", $"{ns}/b/c"));
    }

    [Fact]
    public async Task An_update_is_sent_once_however_many_subscriptions_match()
    {
        var ns = Wire.NewNamespace();
        await using var socket = await SubscribedAsync($"{ns}/a", $"{ns}/*", "*", $"{ns}/a");

        Assert.Equal([$"{ns}/a", $"{ns}/b"], await SeenAsync(socket, $"{ns}/a", $"{ns}/b"));
    }

    [Fact]
    public async Task Star_and_ids_are_removed_one_by_one()
    {
        var (a, b) = (Wire.NewId(), Wire.NewId());
        await using var socket = await SubscribedAsync(a, "*");
        await socket.UnsubscribeAsync("*");
        await socket.UnsubscribeAsync(Wire.NewId());
        await socket.RoundTripAsync();

        Assert.Equal([a], await SeenAsync(socket, b, a));
    }

    [Fact]
    public async Task Unsubscribing_the_last_one_lets_everything_flow_again()
    {
        var (a, b) = (Wire.NewId(), Wire.NewId());
        await using var socket = await SubscribedAsync(a);
        await socket.UnsubscribeAsync(a);
        await socket.RoundTripAsync();

        Assert.Equal([b, a], await SeenAsync(socket, b, a));
    }

    [Fact]
    public async Task A_subscription_outlives_its_entity()
    {
        var id = Wire.NewId();
        await using var socket = await SubscribedAsync(id);
        await server.SetAsync(id, "{\"n\":1}");
        await server.DeleteAsync(RawRequest.EntityPath(id));
        await server.SetAsync(id, "{\"n\":2}");

        Assert.Equal("state_update", (await socket.NextAboutAsync(id)).Text("type"));
        Assert.Equal("entity_deleted", (await socket.NextAboutAsync(id)).Text("type"));
        Assert.Equal(2, (await socket.NextAboutAsync(id)).GetProperty("value").GetInt32());
    }

    [Fact]
    public async Task There_is_no_snapshot_and_no_acknowledgement()
    {
        var id = Wire.NewId();
        await using var earlier = await SubscribedAsync(id);
        await server.SetAsync(id, "{\"before\":1}");
        await earlier.NextAboutAsync(id); // pushed: what is on its way when a socket opens is its own to see
        await using var socket = await SubscribedAsync(id);

        await server.SetAsync(id, "{\"after\":1}");

        var first = await NextBesidesDeletionsAsync(socket);
        Assert.Equal("after", first.Text("property"));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("""{"type":"frobnicate"}""")]
    [InlineData("""{"type":"subscribe"}""")]
    [InlineData("""{"type":"subscribe","entity_id":5}""")]
    [InlineData("[]")]
    public async Task A_bad_message_is_ignored_and_earlier_subscriptions_stay(string message)
    {
        var (a, other) = (Wire.NewId(), Wire.NewId());
        await using var socket = await SubscribedAsync(a);
        await socket.SendTextAsync(message);
        await socket.RoundTripAsync();

        Assert.Equal([a], await SeenAsync(socket, other, a));
    }

    [Fact]
    public async Task A_client_that_subscribes_without_an_id_gets_everything()
    {
        var a = Wire.NewId();
        await using var socket = await server.OpenSocketAsync();
        await socket.SendTextAsync("""{"type":"subscribe"}""");
        await socket.RoundTripAsync();

        Assert.Equal([a], await SeenAsync(socket, a));
    }

    [Fact]
    public async Task A_client_that_says_entity_id_in_camel_case_is_not_left_silent()
    {
        var a = Wire.NewId();
        await using var socket = await server.OpenSocketAsync();
        await socket.SendTextAsync($$"""{"type":"subscribe","entityId":"{{a}}"}""");
        await socket.RoundTripAsync();

        Assert.Equal([a], await SeenAsync(socket, a));
    }

    [Fact]
    public async Task Other_members_of_a_message_and_their_order_do_not_matter()
    {
        var (a, other) = (Wire.NewId(), Wire.NewId());
        await using var socket = await server.OpenSocketAsync();
        await socket.SendTextAsync($$"""{"x":[1],"entity_id":"{{a}}","y":null,"type":"subscribe"}""");
        await socket.RoundTripAsync();

        Assert.Equal([a], await SeenAsync(socket, other, a));
    }

    [Fact]
    public async Task Binary_frames_are_ignored()
    {
        var (a, other) = (Wire.NewId(), Wire.NewId());
        await using var socket = await server.OpenSocketAsync();
        await socket.SendBytesAsync(RawWebSocket.Frame(RawWebSocket.Binary, Encoding.UTF8.GetBytes($$"""{"type":"subscribe","entity_id":"{{a}}"}""")));
        await socket.RoundTripAsync();

        Assert.Equal([other, a], await SeenAsync(socket, other, a));
    }

    [Fact]
    public async Task Pings_are_answered_with_the_same_bytes()
    {
        await using var socket = await server.OpenSocketAsync();
        byte[] bytes = [0, 255, 1, 2];
        await socket.SendBytesAsync(RawWebSocket.Frame(RawWebSocket.Ping, bytes));

        (byte Opcode, byte[] Payload) frame;
        do
        {
            frame = await socket.NextFrameAsync("a pong");
        }
        while (frame.Opcode != RawWebSocket.Pong);

        Assert.Equal(bytes, frame.Payload);
    }

    [Fact]
    public async Task Fragments_are_joined()
    {
        var (a, other) = (Wire.NewId(), Wire.NewId());
        await using var socket = await server.OpenSocketAsync();
        var message = Encoding.UTF8.GetBytes($$"""{"type":"subscribe","entity_id":"{{a}}"}""");
        await socket.SendBytesAsync(RawWebSocket.Frame(RawWebSocket.Text, message[..10], final: false));
        await socket.SendBytesAsync(RawWebSocket.Frame(RawWebSocket.Ping, [1]));
        await socket.SendBytesAsync(RawWebSocket.Frame(0, message[10..], final: true));
        await socket.RoundTripAsync();

        Assert.Equal([a], await SeenAsync(socket, other, a));
    }

    [Fact]
    public async Task A_message_of_1_mib_does_not_close_the_socket()
    {
        var a = Wire.NewId();
        await using var socket = await server.OpenSocketAsync();
        await socket.SendTextAsync(new string('x', 1_048_576));
        await socket.RoundTripAsync();

        Assert.Equal([a], await SeenAsync(socket, a));
    }

    [Fact]
    public async Task A_deletion_is_told_to_every_socket_once_and_only_if_there_was_something()
    {
        var (a, mine) = (Wire.NewId(), Wire.NewId());
        await using var socket = await SubscribedAsync(mine);
        await server.SetAsync(a, "{\"n\":1}");

        await server.DeleteAsync(RawRequest.EntityPath(a));
        await server.DeleteAsync(RawRequest.EntityPath(a));
        await server.SetAsync(mine, "{\"n\":1}");

        var deletion = await socket.NextAboutAsync(a);
        Assert.Empty(((string[])["entity_id", "timestamp", "type"]).Except(deletion.Members()));
        Assert.Equal("entity_deleted", deletion.Text("type"));
        JsonElement next;
        do
        {
            next = await socket.NextMessageAsync();
            Assert.NotEqual(a, next.Text("entity_id"));
        }
        while (next.Text("entity_id") != mine);
    }

    [Fact]
    public async Task A_deletion_by_an_event_is_told_without_what_else_the_event_holds()
    {
        var id = Wire.NewId();
        await using var socket = await SubscribedAsync(id);
        await server.SetAsync(id, "{\"before\":1}");

        await server.SetAsync(id, "{\"a\":1,\"__deleted__\":true}");
        await server.SetAsync(id, "{\"after\":1}");

        Assert.Equal("before", (await socket.NextAboutAsync(id)).Text("property"));
        Assert.Equal("entity_deleted", (await socket.NextAboutAsync(id)).Text("type"));
        Assert.Equal("after", (await socket.NextAboutAsync(id)).Text("property"));
    }

    [Fact]
    public async Task Metrics_are_told_to_every_socket_again_and_again_as_numbers()
    {
        await using var socket = await SubscribedAsync(Wire.NewId());
        await server.PublishAsync(Good.With(source: $"\"{Wire.NewNamespace()}\""));
        var first = await NextMetricsAsync(socket);
        var second = await NextMetricsAsync(socket);

        foreach (var metrics in (JsonElement[])[first, second])
        {
            Assert.Empty(((string[])["entities", "events", "publishers", "timestamp", "type", "websocket"]).Except(metrics.Members()));
            Assert.EndsWith("Z", metrics.Text("timestamp"), StringComparison.Ordinal);
            Assert.True(metrics.GetProperty("entities").GetProperty("total").GetUInt64() >= 0);
            Assert.True(metrics.GetProperty("events").GetProperty("total").GetUInt64() >= 0);
            Assert.True(metrics.GetProperty("events").GetProperty("rate_per_second").GetDouble() >= 0);
            Assert.True(metrics.GetProperty("websocket").GetProperty("connections").GetUInt64() >= 1);
            Assert.True(metrics.GetProperty("publishers").GetProperty("active").GetUInt64() >= 0);
        }

        Assert.True(second.GetProperty("events").GetProperty("total").GetUInt64() > 0);
        var between = second.GetProperty("timestamp").GetDateTimeOffset() - first.GetProperty("timestamp").GetDateTimeOffset();
        Assert.InRange(between, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Metrics_tell_what_was_applied_what_there_is_who_listens_and_who_sends()
    {
        await using var own = new ServerFixture();
        await own.StartAsync();
        await using var socket = await own.OpenSocketAsync();
        await using var another = await own.OpenSocketAsync();
        var other = Good.With(source: "\"another\"", payload: """{"entity_id":"b","properties":{"n":1}}""");

        await own.PostAsync("/api/events/batch", $"[{Good.Event("a", "{\"n\":1}")},{Good.Event("a", "{\"n\":2}")},{Good.Event("a", "{}")},{other}]");

        JsonElement metrics;
        do
        {
            metrics = await NextMetricsAsync(socket);
        }
        while (Number("events", "total") < 3 || Number("entities", "total") < 2);

        Assert.Equal((3, 0.6), (Number("events", "total"), Number("events", "rate_per_second"))); // in 5 seconds
        Assert.Equal((2, 2, 2), (Number("entities", "total"), Number("websocket", "connections"), Number("publishers", "active")));

        double Number(string group, string name) => metrics.GetProperty(group).GetProperty(name).GetDouble();
    }

    [Fact]
    public async Task Updates_of_one_entity_come_in_the_order_applied()
    {
        var id = Wire.NewId();
        await using var socket = await SubscribedAsync(id);

        await server.PostAsync("/api/events/batch", $"[{string.Join(',', Enumerable.Range(0, 300).Select(n => Good.Event(id, $"{{\"n\":{n}}}")))}]");
        await server.SetAsync(id, "{\"n\":300}");

        for (var n = 0; n <= 300; n++)
        {
            Assert.Equal(n, (await socket.NextAboutAsync(id)).GetProperty("value").GetInt32());
        }
    }

    [Fact]
    public async Task The_time_of_an_update_is_the_time_it_was_applied()
    {
        var id = Wire.NewId();
        await using var socket = await server.OpenSocketAsync();
        await server.PublishAsync(Good.With(timestamp: "1000", payload: $$$$"""{"entity_id":"{{{{id}}}}","properties":{"n":1}}"""));

        var time = (await socket.NextAboutAsync(id)).GetProperty("timestamp").GetDateTimeOffset();

        Assert.True((TimeProvider.System.GetUtcNow() - time).Duration() < TimeSpan.FromMinutes(5), $"{time:O}");
        Assert.Equal(time, (await server.ReadAsync(id)).GetProperty("lastUpdated").GetDateTimeOffset());
    }

    private static async Task<JsonElement> NextMetricsAsync(RawWebSocket socket)
    {
        JsonElement message;
        do
        {
            message = await socket.NextMessageAsync("a metrics update", withMetrics: true);
        }
        while (message.Text("type") != "metrics_update");

        return message;
    }

    /// <summary>Deletions go to every socket, those of other tests too.</summary>
    private static async Task<JsonElement> NextBesidesDeletionsAsync(RawWebSocket socket)
    {
        JsonElement message;
        do
        {
            message = await socket.NextMessageAsync();
        }
        while (message.Text("type") == "entity_deleted");

        return message;
    }

    private async Task<RawWebSocket> SubscribedAsync(params string[] ids)
    {
        var socket = await server.OpenSocketAsync();
        foreach (var id in ids)
        {
            await socket.SubscribeAsync(id);
        }

        await socket.RoundTripAsync();
        return socket;
    }

    /// <summary>Publishes to each entity in turn; the ids of the updates that come, to the last one, which must be seen.</summary>
    private async Task<List<string>> SeenAsync(RawWebSocket socket, params string[] ids)
    {
        foreach (var id in ids)
        {
            await server.SetAsync(id, "{\"n\":1}");
        }

        var seen = new List<string>();
        while (seen.Count == 0 || seen[^1] != ids[^1])
        {
            var id = (await NextBesidesDeletionsAsync(socket)).Text("entity_id")!;
            if (ids.Contains(id))
            {
                seen.Add(id);
            }
        }

        return seen;
    }
}
