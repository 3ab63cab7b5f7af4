using System.Text.Json.Nodes;
using Flux.Client.Tests.Scripted;

namespace Flux.Client.Tests.JavaScript;

public sealed class NodeClientTests : IAsyncLifetime
{
    private const string Subscribed = "{'type':'subscribed',$sub,'position':10,'cursor':'c10'}";
    private const string Progress = "{'type':'progress',$sub,'position':12,'cursor':'c12'}";
    private const string Row = "{'type':'entity',$sub,'entity_id':'a/b','properties':{},'version':2,'last_updated':'2026-02-25T20:04:27Z'}";
    private const string Replaying = "{'type':'replaying',$sub,'replay':true,'answer':'replay','paused':false,'speed':1,'to':40,'position':10,'cursor':'c10'}";
    private const string Replayed = "{'type':'change',$sub,'replay':true,'entity_id':'a/b','properties':{},'position':12,'cursor':'c12'}";
    private ScriptedServer _server = null!;
    private ScriptedServer _other = null!;

    public async ValueTask InitializeAsync() => (_server, _other) = (await ScriptedServer.StartAsync(), await ScriptedServer.StartAsync());

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Fact]
    public async Task The_rules_that_need_no_server_hold()
    {
        NodeClient.NeedsNode();
        using var process = NodeClient.Start(["--test", Path.Combine(NodeClient.Folder, "unit.test.mjs")]);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        var text = await output + await errors;
        Assert.True(process.ExitCode == 0, text);
        Assert.Matches("pass [1-9][0-9]*", text);
    }

    [Fact]
    public async Task The_upgrade_offers_the_protocol_and_the_token_comes_before_the_subscription()
    {
        await using var client = await StartAsync(
            new JsonObject { ["token"] = "flux_abc" },
            new JsonObject { ["entity"] = new JsonArray("home/*"), ["from"] = 7, ["where"] = "deleted", ["slow"] = "conflate", ["progress"] = false });

        var socket = await _server.AcceptAsync();

        Assert.Equal(["flux.v2"], socket.Offered);
        Assert.Equal("flux_abc", (await socket.ReceiveAsync("auth")).GetProperty("token").GetString());
        Assert.Equal(
            """{"from":7,"progress":false,"entity":["home/*"],"where":"deleted","slow":"conflate","type":"subscribe","sub":"s1"}""",
            (await socket.ReceiveAsync("subscribe")).GetRawText());
    }

    [Fact]
    public async Task A_lost_connection_is_resumed_after_the_last_cursor()
    {
        await using var client = await StartAsync(from: "now");
        var first = await _server.AcceptSubscriptionAsync(from: "now");
        await first.SendAsync(Subscribed, Progress, "{'type':'change',$sub,'entity_id':'a/b','properties':{'on':true},'position':19}");
        await client.NextAsync("subscribed");
        await client.NextAsync("progress");
        Assert.True((await client.NextAsync("change")).GetProperty("properties").GetProperty("on").GetBoolean());

        first.Abort();

        var second = await _server.AcceptSubscriptionAsync(from: "c12");
        await second.SendAsync("{'type':'subscribed',$sub,'position':12,'cursor':'c12'}");
        Assert.Equal("c12", (await client.NextAsync("subscribed")).GetProperty("resumed_after").GetString());
        await client.NextEventAsync("connected");
        await client.NextEventAsync("lost");
    }

    [Fact]
    public async Task The_cursor_of_the_application_is_that_of_what_it_has_finished()
    {
        await using var client = await StartAsync(from: "c5");
        var socket = await _server.AcceptSubscriptionAsync(from: "c5");

        await socket.SendAsync(Subscribed, Progress);

        Assert.Equal("c5", (await client.NextLineAsync("an item")).GetProperty("cursor").GetString());
        Assert.Equal("c10", (await client.NextLineAsync("an item")).GetProperty("cursor").GetString());
    }

    [Fact]
    public async Task A_snapshot_that_was_cut_off_begins_anew_and_says_so()
    {
        await using var client = await StartAsync(from: "snapshot");
        const string Begun = "{'type':'subscribed',$sub,'position':10}";
        var first = await _server.AcceptSubscriptionAsync(from: "snapshot");
        await first.SendAsync(Begun, Row);
        await client.NextAsync("subscribed");
        await client.NextAsync("entity");

        first.Abort();

        var second = await _server.AcceptSubscriptionAsync(from: "snapshot");
        await second.SendAsync(Begun, Row, "{'type':'caught_up',$sub,'position':10,'cursor':'c10'}");
        await client.NextAsync("restarted");
        await client.NextAsync("subscribed");
        await client.NextAsync("entity");
        await client.NextAsync("caught_up");

        second.Abort();

        await _server.AcceptSubscriptionAsync(from: "c10");
    }

    [Fact]
    public async Task A_live_feed_that_falls_silent_is_reported_and_taken_up_elsewhere()
    {
        await using var client = await StartAsync(new JsonObject { ["addresses"] = Both(), ["silenceLimit"] = 500 }, new JsonObject { ["entity"] = "*" });
        var socket = await _server.AcceptSubscriptionAsync(from: "now");

        await socket.SendAsync(Subscribed);

        await client.NextEventAsync("connected");
        var lost = await client.NextEventAsync("feedlost");
        Assert.InRange(lost.GetProperty("silence").GetDouble(), 450, 525);
        await _other.AcceptSubscriptionAsync(from: "c10");
    }

    [Fact]
    public async Task A_subscription_that_catches_up_may_be_silent_while_pings_are_answered()
    {
        await using var client = await StartAsync(new JsonObject { ["addresses"] = Both(), ["silenceLimit"] = 2000 }, new JsonObject { ["entity"] = "*", ["from"] = "c1" });
        var socket = await _server.AcceptSubscriptionAsync(from: "c1");
        await socket.SendAsync(Subscribed);
        await client.NextEventAsync("connected");

        for (var ping = 0; ping < 4; ping++)
        {
            await socket.ReceiveAsync("ping"); // one in each third of the limit, so this is longer than the limit
            await socket.SendAsync("{'type':'pong','data':''}");
        }

        Assert.True(client.HasNoEvent);
        await socket.SendAsync("{'type':'caught_up',$sub,'position':12,'cursor':'c12'}");
        await client.NextEventAsync("feedlost");
        await _other.AcceptSubscriptionAsync(from: "c12");
    }

    [Theory]
    [InlineData(CloseCode.PolicyViolation)]
    [InlineData(CloseCode.TooManyRefused)]
    [InlineData(CloseCode.TokenEnded)]
    [InlineData(CloseCode.NamespaceEnded)]
    public async Task A_close_that_is_final_ends_everything_with_its_code(int code)
    {
        await using var client = await StartAsync(from: "now");
        var socket = await _server.AcceptSubscriptionAsync(from: "now");
        await socket.SendAsync(Subscribed);

        await socket.CloseAsync(code, "because");

        await client.NextAsync("subscribed");
        var end = await client.NextLineAsync("an error");
        Assert.Equal($"FluxError {code} closed with {code}: because", $"{end.GetProperty("error")} {end.GetProperty("code")} {end.GetProperty("message")}");
        Assert.Equal(1, _server.Upgrades);
    }

    [Theory]
    [InlineData(CloseCode.ShuttingDown)]
    [InlineData(CloseCode.ServerError)]
    [InlineData(CloseCode.TooSlow)]
    public async Task After_any_other_close_the_client_comes_back(int code)
    {
        await using var client = await StartAsync(from: "now");
        var socket = await _server.AcceptSubscriptionAsync(from: "now");
        await socket.SendAsync(Subscribed);

        await socket.CloseAsync(code, "because");

        await _server.AcceptSubscriptionAsync(from: "c10");
        await client.NextEventAsync("connected");
        Assert.Equal(code, (await client.NextEventAsync("lost")).GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task Attempts_that_fail_go_round_the_addresses_with_growing_waits()
    {
        _server.Refuse(503);
        _server.Refuse(503);
        _other.Refuse(503);
        await using var client = await StartAsync(
            new JsonObject { ["addresses"] = Both(), ["firstRetryWithin"] = 2, ["lastRetryWithin"] = 5, ["fixedRandom"] = 1 }, new JsonObject { ["entity"] = "*" });

        int[] waits = [await UnreachableAsync(), await UnreachableAsync(), await UnreachableAsync()];

        Assert.Equal([2, 4, 5], waits);
        await _other.AcceptSubscriptionAsync(from: "now");

        async Task<int> UnreachableAsync() => (await client.NextEventAsync("unreachable")).GetProperty("retryAfter").GetInt32();
    }

    [Fact]
    public async Task Errors_end_their_subscription_but_what_is_unavailable_is_asked_for_again()
    {
        await using var client = await StartAsync(from: "now");
        var socket = await _server.AcceptSubscriptionAsync(from: "now");

        await socket.SendAsync("{'type':'error',$sub,'code':'unavailable','error':'later'}");
        Assert.Equal("now", (await socket.ReceiveAsync("subscribe")).GetProperty("from").GetString());
        await socket.SendAsync(Subscribed, "{'type':'error',$sub,'code':'unavailable','error':'later','position':15,'cursor':'c15'}");
        Assert.Equal("c15", (await socket.ReceiveAsync("subscribe")).GetProperty("from").GetString());
        await socket.SendAsync("{'type':'error',$sub,'code':'expression_too_costly','error':'too much','position':16,'cursor':'c16'}");

        await client.NextAsync("subscribed");
        Assert.Equal("expression_too_costly", (await client.NextLineAsync("an error")).GetProperty("code").GetString());
    }

    [Fact]
    public async Task An_unknown_cursor_ends_the_subscription_with_the_head()
    {
        await using var client = await StartAsync(from: "other");
        var socket = await _server.AcceptSubscriptionAsync(from: "other");

        await socket.SendAsync("{'type':'cursor_unknown',$sub,'first':1,'position':40,'cursor':'c40'}");

        Assert.Equal("c40", (await client.NextAsync("cursor_unknown")).GetProperty("cursor").GetString());
        Assert.Equal("s1", (await client.NextLineAsync("the end")).GetProperty("end").GetString());
    }

    [Fact]
    public async Task An_application_that_falls_behind_gives_the_connection_up_and_comes_back_when_it_has_read()
    {
        await using var client = await StartAsync(new JsonObject { ["bufferLength"] = 200 }, new JsonObject { ["entity"] = "*" }, isManual: true);
        var first = await _server.AcceptSubscriptionAsync(from: "now");
        await first.SendAsync(Subscribed, Progress, Progress, Progress);

        await first.ReceiveCloseAsync();
        foreach (var type in new[] { "subscribed", "progress", "progress", "progress" })
        {
            Assert.Equal(1, _server.Upgrades);
            await client.TakeAsync();
            await client.NextAsync(type);
        }

        await _server.AcceptSubscriptionAsync(from: "c12");
    }

    [Fact]
    public async Task A_subscription_that_is_closed_is_ended_on_the_server()
    {
        await using var client = await StartAsync(new JsonObject(), new JsonObject { ["entity"] = "*" }, isManual: true);
        var socket = await _server.AcceptSubscriptionAsync(from: "now");
        await socket.SendAsync(Subscribed);
        await client.TakeAsync();
        await client.NextAsync("subscribed");

        await client.TakeAsync("close");

        Assert.Equal(socket.Sub, (await socket.ReceiveAsync("unsubscribe")).GetProperty("sub").GetString());
        Assert.Equal("s1", (await client.NextLineAsync("the end")).GetProperty("end").GetString());
    }

    [Fact]
    public async Task A_replay_says_what_it_wants_and_each_control_is_a_message()
    {
        await using var client = await StartReplayAsync(
            new JsonObject { ["entity"] = "home/*", ["from"] = "2026-02-25T20:04:27Z", ["to"] = "c99", ["speed"] = 2.5, ["max_idle"] = 1.5, ["where"] = "deleted" });
        var socket = await AcceptReplayAsync(
            """{"progress":true,"entity":"home/*","from":"2026-02-25T20:04:27Z","where":"deleted","sub":"s1","to":"c99","max_idle":1.5,"speed":2.5,"paused":false,"type":"replay"}""");

        await client.TakeAsync("""{"pause":[],"setSpeed":["max"],"seek":["start"],"resume":[],"stop":[]}""");

        Assert.Equal("""{"type":"pause","sub":"s1"}""", (await socket.ReceiveAsync("pause")).GetRawText());
        Assert.Equal("""{"type":"speed","speed":"max","sub":"s1"}""", (await socket.ReceiveAsync("speed")).GetRawText());
        Assert.Equal("""{"type":"seek","from":"start","sub":"s1"}""", (await socket.ReceiveAsync("seek")).GetRawText());
        Assert.Equal("""{"type":"resume","sub":"s1"}""", (await socket.ReceiveAsync("resume")).GetRawText());
        Assert.Equal("""{"type":"stop","sub":"s1"}""", (await socket.ReceiveAsync("stop")).GetRawText());
        await socket.SendAsync("{'type':'stopped',$sub,'replay':true,'position':11,'cursor':'c11'}");
        await client.NextAsync("stopped");
        Assert.Equal("s1", (await client.NextLineAsync("the end")).GetProperty("end").GetString());
    }

    [Fact]
    public async Task A_replay_is_taken_up_where_it_was_as_fast_and_as_paused_as_it_was()
    {
        await using var client = await StartReplayAsync(new JsonObject { ["entity"] = "*" });
        var first = await AcceptReplayAsync("""{"progress":true,"entity":"*","sub":"s1","from":"start","speed":1,"paused":false,"type":"replay"}""");
        await first.SendAsync(Replaying, Replayed);
        await client.NextAsync("replaying");
        await client.NextAsync("change");
        await client.TakeAsync("""{"pause":[],"setSpeed":[8]}""");
        await first.ReceiveAsync("pause");
        await first.ReceiveAsync("speed");
        first.Abort();

        var second = await AcceptReplayAsync("""{"progress":true,"entity":"*","sub":"s1","from":"c12","to":40,"speed":8,"paused":true,"type":"replay"}""");
        await second.SendAsync(Replaying);
        await client.NextAsync("replaying");
        await client.TakeAsync("""{"seek":[5]}""");
        await second.ReceiveAsync("seek");
        await second.SendAsync(Replayed); // of before
        await client.NextAsync("change");
        second.Abort();

        var third = await AcceptReplayAsync("""{"progress":true,"entity":"*","sub":"s1","from":5,"to":40,"speed":8,"paused":true,"type":"replay"}""");
        await third.SendAsync(Replaying, "{'type':'cursor_unknown',$sub,'replay':true,'refused':'seek','first':1,'position':99,'cursor':'c99'}");
        await client.NextAsync("replaying");
        await client.NextAsync("cursor_unknown");
        third.Abort();

        var fourth = await AcceptReplayAsync("""{"progress":true,"entity":"*","sub":"s1","from":"c10","to":40,"speed":8,"paused":true,"type":"replay"}""");
        await fourth.SendAsync("{'type':'replayed',$sub,'replay':true,'position':40,'cursor':'c40'}");
        await client.NextAsync("replayed");
        Assert.Equal("s1", (await client.NextLineAsync("the end")).GetProperty("end").GetString());
    }

    [Fact]
    public async Task A_replay_that_went_live_is_a_subscription()
    {
        await using var client = await StartReplayAsync(new JsonObject { ["entity"] = "*", ["to"] = "live", ["speed"] = "max" });
        var first = await AcceptReplayAsync("""{"progress":true,"entity":"*","sub":"s1","from":"start","to":"live","speed":"max","paused":false,"type":"replay"}""");
        await first.SendAsync(
            "{'type':'replaying',$sub,'replay':true,'answer':'replay','paused':false,'speed':'max','to':'live','position':0,'cursor':'c0'}",
            "{'type':'replayed',$sub,'replay':true,'position':12,'cursor':'c12'}", "{'type':'caught_up',$sub,'position':13,'cursor':'c13'}");
        await client.NextAsync("replaying");
        await client.NextAsync("replayed");
        await client.NextAsync("caught_up");
        first.Abort();

        await _server.AcceptSubscriptionAsync(from: "c13");
    }

    private async Task<ScriptedSocket> AcceptReplayAsync(string expected)
    {
        var socket = await _server.AcceptAsync();
        Assert.Equal(expected, (await socket.ReceiveAsync("replay")).GetRawText());
        socket.Sub = "s1";
        return socket;
    }

    private Task<NodeClient> StartReplayAsync(JsonObject request) => NodeClient.StartAsync(
        new JsonObject { ["addresses"] = new JsonArray(_server.Address.ToString()), ["fixedRandom"] = 0 }, request, isReplay: true);

    private JsonArray Both() => new(_server.Address.ToString(), _other.Address.ToString());

    private Task<NodeClient> StartAsync(string from) => StartAsync(new JsonObject(), new JsonObject { ["entity"] = "*", ["from"] = from });

    private Task<NodeClient> StartAsync(JsonObject options, JsonObject request, bool isManual = false)
    {
        options["addresses"] ??= new JsonArray(_server.Address.ToString());
        options["fixedRandom"] ??= 0;
        return NodeClient.StartAsync(options, request, isManual);
    }
}
