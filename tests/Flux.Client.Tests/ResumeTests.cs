using Flux.Client.Tests.Scripted;

namespace Flux.Client.Tests;

public sealed class ResumeTests : IAsyncLifetime
{
    private const string Subscribed = "{'type':'subscribed',$sub,'position':10,'cursor':'c10'}";
    private const string CaughtUp = "{'type':'caught_up',$sub,'position':10,'cursor':'c10'}";
    private ScriptedServer _server = null!;
    private FluxClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ScriptedServer.StartAsync();
        _client = new FluxClient(new FluxClientOptions { Addresses = [_server.Address], Random = new FixedRandom(0) });
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task The_upgrade_offers_the_protocol_and_shows_the_token()
    {
        await using var client = new FluxClient(new FluxClientOptions { Addresses = [_server.Address], Token = "flux_abc" });
        client.Subscribe(new SubscriptionRequest { Entities = ["*"] });

        var socket = await _server.AcceptAsync();

        Assert.Equal(["flux.v2"], socket.Offered);
        Assert.Equal("Bearer flux_abc", socket.Authorization);
    }

    [Fact]
    public async Task A_subscription_is_sent_as_it_was_asked_for()
    {
        _client.Subscribe(new SubscriptionRequest
        {
            Entities = ["home/*", "a/\"b\""],
            Prefixes = ["plant/"],
            From = SubscriptionStart.AfterPosition(7),
            Where = "properties.temp > 30.0",
            Slow = SlowReader.Conflate,
            Progress = false,
        });

        var message = await (await _server.AcceptAsync()).ReceiveAsync("subscribe");

        Assert.Equal(
            """{"type":"subscribe","sub":"s1","entity":["home/*","a/\u0022b\u0022"],"prefix":["plant/"],"from":7,"where":"properties.temp \u003E 30.0","slow":"conflate","progress":false}""",
            message.GetRawText());
    }

    [Fact]
    public async Task Every_kind_of_frame_is_handed_over_with_its_members()
    {
        await using var items = new ItemReader(_client.Subscribe(new SubscriptionRequest { Entities = ["*"], From = SubscriptionStart.Snapshot }));
        var socket = await _server.AcceptSubscriptionAsync(from: "snapshot");
        const string Event = "'timestamp':'2026-02-25T20:04:27.638770Z','event_id':'e','version':3,'position':11,'cursor':'c11'";

        await socket.SendAsync(
            "{'type':'subscribed',$sub,'position':10}",
            "{'type':'entity',$sub,'entity_id':'a/b','properties':{'on':true},'version':2,'last_updated':'2026-02-25T20:04:27Z'}",
            CaughtUp,
            $"{{'type':'change',$sub,'entity_id':'a/b','properties':{{'on':false}},{Event}}}",
            $"{{'type':'entity_deleted',$sub,'entity_id':'a/b',{Event}}}",
            $"{{'type':'enter',$sub,'entity_id':'a/b','properties':{{'t':[1,{{'x':null}}]}},{Event}}}",
            $"{{'type':'leave',$sub,'entity_id':'a/b',{Event}}}",
            "{'type':'skipped',$sub,'from':12,'to':20,'count':5,'position':20,'cursor':'c20'}",
            "{'type':'progress',$sub,'position':21,'cursor':'c21','later':{'member':[1]}}",
            "{'type':'later',$sub,'number':1}");

        Assert.Equal(new SubscriptionItem.Subscribed(10, ResumedAfter: null), await items.NextAsync<SubscriptionItem.Subscribed>());
        var row = await items.NextAsync<SubscriptionItem.SnapshotRow>();
        Assert.Equal(("a/b", """{"on":true}""", 2, null), (row.EntityId, row.Properties.GetRawText(), row.Version, row.Cursor));
        Assert.Equal(new DateTimeOffset(2026, 2, 25, 20, 4, 27, TimeSpan.Zero), row.LastUpdated);
        Assert.Equal(new SubscriptionItem.CaughtUp(10) { Cursor = "c10" }, await items.NextAsync<SubscriptionItem.CaughtUp>());
        var change = await items.NextAsync<SubscriptionItem.Change>();
        Assert.Equal(("a/b", """{"on":false}""", "e", 3, 11, "c11"), (change.EntityId, change.Properties.GetRawText(), change.EventId, change.Version, change.Position, change.Cursor));
        Assert.Equal(new DateTimeOffset(2026, 2, 25, 20, 4, 27, TimeSpan.Zero).AddMicroseconds(638_770), change.Timestamp);
        Assert.Equal(
            new SubscriptionItem.EntityDeleted("a/b", change.Timestamp, "e", 3, 11) { Cursor = "c11" }, await items.NextAsync<SubscriptionItem.EntityDeleted>());
        Assert.Equal("""{"t":[1,{"x":null}]}""", (await items.NextAsync<SubscriptionItem.Enter>()).Properties.GetRawText());
        Assert.Equal(new SubscriptionItem.Leave("a/b", change.Timestamp, "e", 3, 11) { Cursor = "c11" }, await items.NextAsync<SubscriptionItem.Leave>());
        Assert.Equal(new SubscriptionItem.Skipped(12, 20, 5, 20) { Cursor = "c20" }, await items.NextAsync<SubscriptionItem.Skipped>());
        Assert.Equal(new SubscriptionItem.Progress(21) { Cursor = "c21" }, await items.NextAsync<SubscriptionItem.Progress>());
        Assert.Equal("later", (await items.NextAsync<SubscriptionItem.Unrecognized>()).Type);
    }

    [Fact]
    public async Task A_lost_connection_is_resumed_after_the_last_cursor()
    {
        await using var items = new ItemReader(_client.Subscribe(new SubscriptionRequest { Entities = ["*"] }));
        var first = await _server.AcceptSubscriptionAsync(from: "now");
        await first.SendAsync(Subscribed, "{'type':'progress',$sub,'position':12,'cursor':'c12'}");
        await items.NextAsync<SubscriptionItem.Subscribed>();
        await items.NextAsync<SubscriptionItem.Progress>();

        first.Abort();

        var second = await _server.AcceptSubscriptionAsync(from: "c12");
        await second.SendAsync("{'type':'subscribed',$sub,'position':12,'cursor':'c12'}");
        Assert.Equal(new SubscriptionItem.Subscribed(12, "c12") { Cursor = "c12" }, await items.NextAsync<SubscriptionItem.Subscribed>());
    }

    [Fact]
    public async Task Only_frames_with_a_cursor_move_it()
    {
        await using var items = new ItemReader(_client.Subscribe(new SubscriptionRequest { Entities = ["*"], Slow = SlowReader.Conflate }));
        var first = await _server.AcceptSubscriptionAsync(from: "now");
        await first.SendAsync(
            Subscribed,
            "{'type':'change',$sub,'entity_id':'a/b','properties':{},'timestamp':'2026-02-25T20:04:27Z','event_id':'e','version':3,'position':19}");
        await items.NextAsync<SubscriptionItem.Subscribed>();
        await items.NextAsync<SubscriptionItem.Change>();

        first.Abort();

        await _server.AcceptSubscriptionAsync(from: "c10");
    }

    [Fact]
    public async Task The_cursor_of_the_application_is_that_of_what_it_has_finished()
    {
        await using var items = new ItemReader(
            _client.Subscribe(new SubscriptionRequest { Entities = ["*"], From = SubscriptionStart.AfterCursor("c5") }));
        var socket = await _server.AcceptSubscriptionAsync(from: "c5");
        Assert.Equal("c5", items.Subscription.Cursor);

        await socket.SendAsync(Subscribed, "{'type':'progress',$sub,'position':12,'cursor':'c12'}");
        Assert.Equal("c5", (await items.NextAsync<SubscriptionItem.Subscribed>()).ResumedAfter);
        Assert.Equal("c5", items.Subscription.Cursor);
        await items.NextAsync<SubscriptionItem.Progress>();
        Assert.Equal("c10", items.Subscription.Cursor);
    }

    [Fact]
    public async Task A_snapshot_that_was_cut_off_begins_anew_and_says_so()
    {
        await using var items = new ItemReader(_client.Subscribe(new SubscriptionRequest { Entities = ["*"], From = SubscriptionStart.Snapshot }));
        const string Row = "{'type':'entity',$sub,'entity_id':'a/b','properties':{},'version':2,'last_updated':'2026-02-25T20:04:27Z'}";
        const string Begun = "{'type':'subscribed',$sub,'position':10}";
        var first = await _server.AcceptSubscriptionAsync(from: "snapshot");
        await first.SendAsync(Begun, Row);
        await items.NextAsync<SubscriptionItem.Subscribed>();
        await items.NextAsync<SubscriptionItem.SnapshotRow>();

        first.Abort();

        var second = await _server.AcceptSubscriptionAsync(from: "snapshot");
        await second.SendAsync(Begun, Row, CaughtUp);
        await items.NextAsync<SubscriptionItem.Restarted>();
        await items.NextAsync<SubscriptionItem.Subscribed>();
        await items.NextAsync<SubscriptionItem.SnapshotRow>();
        await items.NextAsync<SubscriptionItem.CaughtUp>();

        second.Abort();

        await _server.AcceptSubscriptionAsync(from: "c10"); // complete, so it is not read again
    }

    [Fact]
    public async Task A_snapshot_of_which_nothing_came_begins_again_without_a_word()
    {
        await using var items = new ItemReader(_client.Subscribe(new SubscriptionRequest { Entities = ["*"], From = SubscriptionStart.Snapshot }));
        (await _server.AcceptSubscriptionAsync(from: "snapshot")).Abort();
        var second = await _server.AcceptSubscriptionAsync(from: "snapshot");

        await second.SendAsync("{'type':'subscribed',$sub,'position':10}");

        await items.NextAsync<SubscriptionItem.Subscribed>();
    }

    [Fact]
    public async Task All_subscriptions_of_a_client_share_a_socket_and_come_back_together()
    {
        await using var lamps = new ItemReader(_client.Subscribe(new SubscriptionRequest { Entities = ["lamps/*"] }));
        var first = await _server.AcceptSubscriptionAsync(from: "now");
        await first.SendAsync(Subscribed);
        await lamps.NextAsync<SubscriptionItem.Subscribed>();
        await using var doors = new ItemReader(_client.Subscribe(new SubscriptionRequest { Entities = ["doors/*"] }));
        var message = await first.ReceiveAsync("subscribe");
        Assert.NotEqual(first.Sub, message.GetProperty("sub").GetString());
        first.Sub = message.GetProperty("sub").GetString()!;
        await first.SendAsync("{'type':'subscribed',$sub,'position':20,'cursor':'c20'}");
        await doors.NextAsync<SubscriptionItem.Subscribed>();

        first.Abort();

        var second = await _server.AcceptAsync();
        string[] places = [await FromAsync(second), await FromAsync(second)];
        Assert.Equal(["lamps/* c10", "doors/* c20"], places.Order(StringComparer.Ordinal).Reverse());

        static async Task<string> FromAsync(ScriptedSocket socket)
        {
            var message = await socket.ReceiveAsync("subscribe");
            return $"{message.GetProperty("entity")[0]} {message.GetProperty("from")}";
        }
    }

    [Fact]
    public async Task A_subscription_that_is_disposed_is_ended_on_the_server_and_shows_nothing_more()
    {
        var subscription = _client.Subscribe(new SubscriptionRequest { Entities = ["*"] });
        await using var items = new ItemReader(subscription);
        var socket = await _server.AcceptSubscriptionAsync(from: "now");
        await socket.SendAsync(Subscribed);
        await items.NextAsync<SubscriptionItem.Subscribed>();

        await subscription.DisposeAsync();

        Assert.Equal(socket.Sub, (await socket.ReceiveAsync("unsubscribe")).GetProperty("sub").GetString());
        await socket.SendAsync("{'type':'progress',$sub,'position':12,'cursor':'c12'}", "{'type':'unsubscribed',$sub}");
        await items.EndAsync();
    }

    [Fact]
    public async Task A_client_that_is_disposed_closes_in_good_order_and_ends_its_subscriptions()
    {
        await using var items = new ItemReader(_client.Subscribe(new SubscriptionRequest { Entities = ["*"] }));
        var socket = await _server.AcceptSubscriptionAsync(from: "now");
        await socket.SendAsync(Subscribed);
        await items.NextAsync<SubscriptionItem.Subscribed>();

        var disposing = _client.DisposeAsync();

        Assert.Equal(1000, await socket.ReceiveCloseAsync());
        await disposing;
        await items.EndAsync();
        Assert.Throws<ObjectDisposedException>(() => _client.Subscribe(new SubscriptionRequest { Entities = ["*"] }));
    }
}
