using System.Text.Json;
using Flux.Core.Subscriptions;
using Flux.Server.Tests.Contract;

namespace Flux.Server.Tests.Subscriptions.V2;

/// <summary>The protocol's page, section flux.v2: how a socket is chosen, and how each message is answered.</summary>
public sealed class NewerSocketTests(ServerFixture server)
{
    internal static readonly string[] Common = ["timestamp", "event_id", "version", "position", "cursor"];

    [Theory]
    [InlineData("flux.v2", "Sec-WebSocket-Protocol: flux.v2")]
    [InlineData("flux.v2", "Sec-WebSocket-Protocol: something.else, flux.v2")]
    [InlineData("flux.v2", "Sec-WebSocket-Protocol: flux.v2, something.else")]
    [InlineData("flux.v2", "Sec-WebSocket-Protocol: something.else", "Sec-WebSocket-Protocol: flux.v2")]
    [InlineData(null)]
    [InlineData(null, "Sec-WebSocket-Protocol: flux.v3")]
    [InlineData(null, "Sec-WebSocket-Protocol: flux")]
    [InlineData(null, "Sec-WebSocket-Protocol: FLUX.V2")]
    [InlineData(null, "Sec-WebSocket-Protocol: flux.v2x, xflux.v2")]
    [InlineData(null, "X-Protocol: flux.v2")]
    public async Task The_subprotocol_alone_chooses_what_a_socket_speaks(string? chosen, params string[] headers)
    {
        var id = Wire.NewId();
        await using var http = await server.ConnectAsync();

        var answer = await http.ExchangeAsync(RawWebSocket.Handshake("/api/ws?protocol=flux.v2", headers));

        Assert.Equal(101, answer.Status);
        Assert.Equal(chosen, answer.Header("Sec-WebSocket-Protocol"));
        Assert.Null(answer.Header("Sec-WebSocket-Extensions"));
        await using var socket = new NewerSocket(RawWebSocket.Start(http));
        if (chosen is null)
        {
            // A message of the newer protocol is a bad one to a classic socket: it goes on as it was.
            await socket.SendAsync($$"""{"type":"subscribe","sub":"s","entity":"{{id}}","from":"snapshot"}""");
            await socket.SendAsync("""{"type":"ping"}""");
            await socket.Raw.RoundTripAsync();
            await server.SetAsync(id, "{\"n\":1}");
            Assert.Equal("state_update", (await socket.Raw.NextAboutAsync(id)).Text("type"));
        }
        else
        {
            Assert.Empty(await socket.PingAsync());
        }
    }

    [Fact]
    public async Task Nothing_comes_before_a_subscription_and_no_metrics_unless_they_are_asked_for()
    {
        var id = Wire.NewId();
        await using var classic = await server.OpenSocketAsync();
        await using var socket = await OpenAsync();
        await server.SetAsync(id, "{\"n\":1}");
        await server.DeleteAsync(RawRequest.EntityPath(id));
        await classic.NextAboutAsync(id);
        await NextMetricsAsync(classic);
        await NextMetricsAsync(classic); // all who get metrics get them at the same time

        Assert.Empty(await socket.PingAsync());

        Assert.True((await socket.AskAsync("""{"type":"metrics","enabled":true}""")).GetProperty("enabled").GetBoolean());
        Assert.Equal("metrics_update", (await socket.NextAsync()).Text("type"));
        await socket.SendAsync("""{"type":"metrics","enabled":false}""");
        await socket.UntilAsync(frame => frame.Text("type") == "metrics" && !frame.GetProperty("enabled").GetBoolean());
        await NextMetricsAsync(classic);
        await NextMetricsAsync(classic);
        Assert.Empty(await socket.PingAsync());
    }

    [Theory]
    [InlineData("hello", "invalid_json")]
    [InlineData("", "invalid_json")]
    [InlineData("{", "invalid_json")]
    [InlineData("{\"type\":\"ping\"} {}", "invalid_json")]
    [InlineData("{\"type\":\"ping\",\"type\":\"ping\"}", "invalid_json")]
    [InlineData("[]", "invalid_request")]
    [InlineData("null", "invalid_request")]
    [InlineData("1", "invalid_request")]
    [InlineData("{}", "missing_field")]
    [InlineData("{\"type\":null}", "missing_field")]
    [InlineData("{\"type\":5}", "invalid_field")]
    [InlineData("{\"type\":\"foo\"}", "invalid_field")]
    [InlineData("{\"type\":\"SUBSCRIBE\",\"sub\":\"s\",\"entity\":\"*\"}", "invalid_field", "s")]
    [InlineData("{\"type\":\"subscribe\",\"entity\":\"*\"}", "missing_field")]
    [InlineData("{\"type\":\"subscribe\",\"sub\":\"\",\"entity\":\"*\"}", "invalid_field", "")]
    [InlineData("{\"type\":\"subscribe\",\"sub\":5,\"entity\":\"*\"}", "invalid_field")]
    [InlineData("{\"type\":\"subscribe\",\"sub\":\"s\"}", "missing_field", "s")]
    [InlineData("{\"type\":\"subscribe\",\"sub\":\"s\",\"entity_id\":\"a\"}", "missing_field", "s")]
    [InlineData("{\"type\":\"subscribe\",\"sub\":\"s\",\"entity\":5}", "invalid_field", "s")]
    [InlineData("{\"type\":\"subscribe\",\"sub\":\"s\",\"entity\":[]}", "invalid_field", "s")]
    [InlineData("{\"type\":\"subscribe\",\"sub\":\"s\",\"entity\":[\"a\",5]}", "invalid_field", "s")]
    [InlineData("{\"type\":\"subscribe\",\"sub\":\"s\",\"entity\":{}}", "invalid_field", "s")]
    [InlineData("{\"type\":\"subscribe\",\"sub\":\"s\",\"prefix\":true}", "invalid_field", "s")]
    [InlineData("{\"type\":\"subscribe\",\"sub\":\"s\",\"entity\":\"a\\u0000b\"}", "invalid_entity_id", "s")]
    [InlineData("{\"type\":\"subscribe\",\"sub\":\"s\",\"entity\":\"a\",\"from\":\"never\"}", "invalid_parameter", "s")]
    [InlineData("{\"type\":\"subscribe\",\"sub\":\"s\",\"entity\":\"a\",\"from\":null}", "invalid_parameter", "s")]
    [InlineData("{\"type\":\"subscribe\",\"sub\":\"s\",\"entity\":\"a\",\"from\":-1}", "invalid_parameter", "s")]
    [InlineData("{\"type\":\"subscribe\",\"sub\":\"s\",\"entity\":\"a\",\"from\":1.5}", "invalid_parameter", "s")]
    [InlineData("{\"type\":\"subscribe\",\"sub\":\"s\",\"entity\":\"a\",\"from\":9223372036854775808}", "invalid_parameter", "s")]
    [InlineData("{\"type\":\"subscribe\",\"sub\":\"s\",\"entity\":\"a\",\"from\":[]}", "invalid_parameter", "s")]
    [InlineData("{\"type\":\"subscribe\",\"sub\":\"s\",\"entity\":\"a\",\"slow\":\"drop\"}", "invalid_field", "s")]
    [InlineData("{\"type\":\"subscribe\",\"sub\":\"s\",\"entity\":\"a\",\"slow\":1}", "invalid_field", "s")]
    [InlineData("{\"type\":\"subscribe\",\"sub\":\"s\",\"entity\":\"a\",\"progress\":\"yes\"}", "invalid_field", "s")]
    [InlineData("{\"type\":\"subscribe\",\"sub\":\"s\",\"entity\":\"a\",\"where\":5}", "invalid_field", "s")]
    [InlineData("{\"type\":\"unsubscribe\"}", "missing_field")]
    [InlineData("{\"type\":\"unsubscribe\",\"sub\":\"nobody\"}", "unknown_sub", "nobody")]
    [InlineData("{\"type\":\"metrics\"}", "missing_field")]
    [InlineData("{\"type\":\"metrics\",\"enabled\":1}", "invalid_field")]
    [InlineData("{\"type\":\"ping\",\"data\":5}", "invalid_field")]
    [InlineData("{\"type\":\"auth\"}", "missing_field")]
    [InlineData("{\"type\":\"auth\",\"token\":\"x\"}", "invalid_request")]
    public async Task A_refused_message_is_answered_with_what_is_wrong_and_nothing_of_it_is_done(string message, string code, string? sub = null)
    {
        await using var socket = await OpenAsync();

        var answer = await socket.RefusedAsync(message, code);

        Assert.Equal(sub is null ? ["code", "error", "type"] : ["code", "error", "sub", "type"], answer.Members());
        Assert.Equal(sub, sub is null ? null : answer.Text("sub"));
        Assert.Empty(await socket.PingAsync());
        if (sub is { Length: > 0 })
        {
            await socket.RefusedAsync($$"""{"type":"unsubscribe","sub":"{{sub}}"}""", "unknown_sub");
        }
    }

    [Theory]
    [InlineData("properties.n >", 1)]
    [InlineData("properties.n > 5 &&\n  nosuch == 1", 2)]
    [InlineData("1 + 1", 1)]
    [InlineData("\"a\" > 1", 1)]
    public async Task A_predicate_that_is_none_is_refused_with_line_and_column(string where, int line)
    {
        await using var socket = await OpenAsync();

        var answer = await socket.RefusedAsync(
            $$"""{"type":"subscribe","sub":"s","entity":"*","where":{{JsonSerializer.Serialize(where)}}}""", "invalid_expression");

        Assert.Equal(["code", "column", "error", "line", "sub", "type"], answer.Members());
        Assert.Equal(line, answer.GetProperty("line").GetInt32());
        Assert.True(answer.GetProperty("column").GetInt32() >= 1);
    }

    [Fact]
    public async Task A_ping_is_answered_with_its_data()
    {
        await using var socket = await OpenAsync();
        var longest = new string('é', 32);

        Assert.Equal("""{"type":"pong"}""", (await socket.AskAsync("""{"type":"ping"}""")).GetRawText());
        Assert.Equal("""{"type":"pong"}""", (await socket.AskAsync("""{"type":"ping","data":null,"more":[1]}""")).GetRawText());
        Assert.Equal("", (await socket.AskAsync("""{"type":"ping","data":""}""")).Text("data"));
        Assert.Equal("\"\\\n\u0001€", (await socket.AskAsync("""{"type":"ping","data":"\"\\\n\u0001\u20ac"}""")).Text("data"));
        Assert.Equal(longest, (await socket.AskAsync($$"""{"type":"ping","data":"{{longest}}"}""")).Text("data"));
        await socket.RefusedAsync($$"""{"type":"ping","data":"{{longest}}x"}""", "invalid_field");
    }

    [Fact]
    public async Task A_name_has_1_to_64_bytes_and_is_in_use_once()
    {
        await using var socket = await OpenAsync();
        var longest = new string('é', 32);
        string[] names = ["a", " ", "é", "\"\\\n", "😀", longest];
        foreach (var name in names)
        {
            await socket.SubscribeAsync(name, $"\"entity\":\"{Wire.NewId()}\"");
            var refusal = await socket.RefusedAsync($$"""{"type":"subscribe","sub":{{JsonSerializer.Serialize(name)}},"entity":"x"}""", "sub_in_use");
            Assert.Equal(name, refusal.Text("sub"));
        }

        await socket.RefusedAsync($$"""{"type":"subscribe","sub":"{{longest}}x","entity":"x"}""", "invalid_field");
        foreach (var name in names)
        {
            var answer = await socket.AskAsync($$"""{"type":"unsubscribe","sub":{{JsonSerializer.Serialize(name)}}}""");
            Assert.Equal(["sub", "type"], answer.Members());
            Assert.Equal(("unsubscribed", name), (answer.Text("type"), answer.Text("sub")));
        }

        await socket.SubscribeAsync("a", "\"entity\":\"x\""); // free again
    }

    [Fact]
    public async Task Every_frame_of_a_subscription_has_exactly_its_members()
    {
        var id = Wire.NewId();
        await server.SetAsync(id, """{"n":9,"v":{"a":[1,null]}}""");
        await using var socket = await OpenAsync();
        await socket.SendAsync($$"""{"type":"subscribe","sub":"s","entity":"{{id}}","from":"snapshot","where":"properties.n > 5","progress":true}""");
        Assert.Equal(["position", "sub", "type"], (await socket.NextAsync()).Members());

        var row = await NextAsync("entity", "sub", "entity_id", "properties", "version", "last_updated");
        Assert.Equal(id, row.Text("entity_id"));
        Assert.Equal("""{"n":9,"v":{"a":[1,null]}}""", row.GetProperty("properties").GetRawText());
        Assert.Equal(1, row.GetProperty("version").GetInt64());
        await NextAsync("caught_up", "sub", "position", "cursor");

        var acknowledged = await server.SetAsync(id, """{"v":7}""");
        var change = await NextAsync("change", ["sub", "entity_id", "properties", .. Common]);
        Assert.Equal("""{"v":7}""", change.GetProperty("properties").GetRawText());
        Assert.Equal(2, change.GetProperty("version").GetInt64());
        Assert.Equal(acknowledged.GetProperty("position").GetInt64(), change.GetProperty("position").GetInt64());
        Assert.Equal(acknowledged.Text("eventId"), change.Text("event_id"));
        Assert.True(Cursor.TryParse(change.Text("cursor"), out var cursor));
        Assert.Equal(change.GetProperty("position").GetInt64(), cursor.Position.Value);

        await server.SetAsync(id, """{"n":1}""");
        await NextAsync("leave", ["sub", "entity_id", .. Common]);
        await server.SetAsync(id, """{"v":8}""");
        await server.SetAsync(id, """{"n":6}""");
        var enter = await NextAsync("enter", ["sub", "entity_id", "properties", .. Common]);
        Assert.Equal("""{"n":6,"v":8}""", enter.GetProperty("properties").GetRawText());
        Assert.Equal(5, enter.GetProperty("version").GetInt64());
        await server.DeleteAsync(RawRequest.EntityPath(id));
        await NextAsync("entity_deleted", ["sub", "entity_id", .. Common]);

        JsonElement progress;
        do
        {
            progress = await socket.NextAsync("progress", "sub", "position", "cursor");
        }
        while (progress.GetProperty("position").GetInt64() < enter.GetProperty("position").GetInt64() + 1);

        Assert.Equal("""{"type":"unsubscribed","sub":"s"}""", (await socket.AskAsync("""{"type":"unsubscribe","sub":"s"}""")).GetRawText());

        async Task<JsonElement> NextAsync(string type, params string[] members)
        {
            while (true)
            {
                var frame = await socket.NextAsync(type);
                if (frame.Text("type") != "progress")
                {
                    Assert.True(frame.Text("type") == type, $"{type} was expected: {frame}");
                    Assert.Equal([.. members.Append("type").Order(StringComparer.Ordinal)], frame.Members());
                    Assert.Equal("s", frame.Text("sub"));
                    return frame;
                }
            }
        }
    }

    [Fact]
    public async Task Nothing_of_a_name_follows_its_unsubscribed_however_much_is_written()
    {
        var ns = Wire.NewNamespace();
        using var stop = new CancellationTokenSource();
        var writing = WriteAsync();
        await using var socket = await OpenAsync();
        for (var round = 0; round < 10; round++)
        {
            await socket.SubscribeAsync("s", $"\"entity\":\"{ns}/*\",\"from\":{(round % 2 == 0 ? "0" : "\"now\"")}");
            await socket.UntilAsync(frame => frame.Text("type") == "change");
            await socket.SendAsync("""{"type":"unsubscribe","sub":"s"}""");
            await socket.UntilAsync(frame => frame.Text("type") == "unsubscribed");
            Assert.Empty(await socket.PingAsync());
        }

        await stop.CancelAsync();
        await writing;

        async Task WriteAsync()
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                await server.SetAsync($"{ns}/e{i % 3}", $"{{\"n\":{i}}}");
            }
        }
    }

    [Fact]
    public async Task A_hundred_refusals_in_a_row_end_the_socket_and_an_obeyed_message_begins_the_count_anew()
    {
        await using var socket = await OpenAsync();
        for (var i = 0; i < 99; i++)
        {
            await socket.RefusedAsync("{}", "missing_field");
        }

        Assert.Empty(await socket.PingAsync());
        for (var i = 0; i < 100; i++)
        {
            await socket.RefusedAsync("{}", "missing_field");
        }

        Assert.Equal(4400, await socket.Raw.WaitForCloseAsync());
    }

    [Fact]
    public async Task A_binary_message_is_refused_and_the_socket_goes_on()
    {
        await using var socket = await OpenAsync();
        await socket.Raw.SendBytesAsync(RawWebSocket.Frame(RawWebSocket.Binary, """{"type":"ping"}"""u8.ToArray()));

        Assert.Equal("invalid_request", (await socket.NextAsync("error", "code", "error")).Text("code"));
        Assert.Empty(await socket.PingAsync());
    }

    [Fact]
    public async Task A_thousand_ids_and_prefixes_are_the_most_of_a_socket_and_of_a_list()
    {
        var ns = Wire.NewNamespace();
        await using var socket = await OpenAsync();

        await socket.RefusedAsync($$"""{"type":"subscribe","sub":"a","entity":{{List(1001)}}}""", "invalid_field");
        await socket.RefusedAsync($$"""{"type":"subscribe","sub":"a","prefix":{{List(1001)}}}""", "invalid_field");
        await socket.RefusedAsync($$"""{"type":"subscribe","sub":"a","entity":{{List(600)}},"prefix":{{List(401, "p")}}}""", "too_many_subscriptions");
        await socket.SubscribeAsync("a", $"\"entity\":{List(600)}");
        await socket.SubscribeAsync("b", $"\"prefix\":{List(400)}");
        var refusal = await socket.RefusedAsync($$"""{"type":"subscribe","sub":"c","entity":"{{ns}}/one-more"}""", "too_many_subscriptions");
        Assert.Equal("c", refusal.Text("sub"));

        await socket.AskAsync("""{"type":"unsubscribe","sub":"a"}""");
        await socket.SubscribeAsync("c", $"\"entity\":{List(600)}");
        await server.SetAsync($"{ns}/599", "{\"n\":1}");
        Assert.Equal("c", (await socket.NextAsync()).Text("sub")); // the list reaches to its end

        string List(int count, string more = "") => JsonSerializer.Serialize(Enumerable.Range(0, count).Select(i => $"{ns}/{more}{i}{(count is 400 or 401 ? "-" : "")}"));
    }

    [Fact]
    public async Task Many_subscriptions_of_one_socket_get_each_its_own()
    {
        var ns = Wire.NewNamespace();
        await using var socket = await OpenAsync();
        for (var i = 0; i < 300; i++)
        {
            await socket.SubscribeAsync($"s{i}", $"\"entity\":\"{ns}/{i % 10}\"");
        }

        await server.SetAsync($"{ns}/3", "{\"n\":1}");
        await server.SetAsync($"{ns}/4", "{\"n\":2}");

        var received = new List<JsonElement>();
        while (received.Count < 60)
        {
            received.Add(await socket.NextAsync());
        }

        Assert.Empty(await socket.PingAsync());
        Assert.Equal(
            Enumerable.Range(0, 300).Where(i => i % 10 is 3 or 4).Select(i => $"s{i}").Order(StringComparer.Ordinal),
            received.Select(frame => frame.Text("sub")).Order(StringComparer.Ordinal));
        Assert.All(received, frame => Assert.Equal($"{ns}/{frame.Text("sub")![^1]}", frame.Text("entity_id")));
    }

    private static async Task NextMetricsAsync(RawWebSocket socket)
    {
        while ((await socket.NextMessageAsync("metrics", withMetrics: true)).Text("type") != "metrics_update")
        {
        }
    }

    private Task<NewerSocket> OpenAsync() => NewerSocket.OpenAsync(server.Port);
}
