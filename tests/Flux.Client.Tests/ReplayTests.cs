using Flux.Client.Tests.Scripted;

namespace Flux.Client.Tests;

public sealed class ReplayTests : IAsyncLifetime
{
    private const string Replaying = "{'type':'replaying',$sub,'replay':true,'answer':'replay','paused':false,'speed':4,'time':'2026-02-25T20:04:27Z','to':40,'position':10,'cursor':'c10'}";
    private const string Change = "{'type':'change',$sub,'replay':true,'entity_id':'a/b','properties':{'on':true},'timestamp':'2026-02-25T20:04:27Z','event_id':'e','version':3,'position':12,'cursor':'c12'}";
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
    public async Task A_replay_says_what_it_wants_and_each_control_is_a_message()
    {
        await using var replay = _client.Replay(new ReplayRequest
        {
            Entities = ["home/*"],
            From = ReplayPlace.At(new DateTimeOffset(2026, 2, 25, 21, 4, 27, TimeSpan.FromHours(1))),
            To = ReplayPlace.AfterCursor("c99"),
            Speed = 2.5,
            MaxIdle = TimeSpan.FromSeconds(1.5),
            IsPaused = true,
            Where = "deleted",
        });
        var socket = await _server.AcceptAsync();
        Assert.Equal(
            """{"type":"replay","sub":"s1","entity":["home/*"],"from":"2026-02-25T20:04:27.000000Z","to":"c99","speed":2.5,"max_idle":1.5,"paused":true,"where":"deleted","slow":"catch_up","progress":true}""",
            (await socket.ReceiveAsync("replay")).GetRawText());

        replay.Resume();
        replay.Pause();
        replay.ChangeSpeed(null);
        replay.ChangeSpeed(100);
        replay.Seek(ReplayPlace.Start);
        replay.Stop();

        Assert.Equal("""{"type":"resume","sub":"s1"}""", (await socket.ReceiveAsync("resume")).GetRawText());
        Assert.Equal("""{"type":"pause","sub":"s1"}""", (await socket.ReceiveAsync("pause")).GetRawText());
        Assert.Equal("""{"type":"speed","sub":"s1","speed":"max"}""", (await socket.ReceiveAsync("speed")).GetRawText());
        Assert.Equal("""{"type":"speed","sub":"s1","speed":100}""", (await socket.ReceiveAsync("speed")).GetRawText());
        Assert.Equal("""{"type":"seek","sub":"s1","from":"start"}""", (await socket.ReceiveAsync("seek")).GetRawText());
        Assert.Equal("""{"type":"stop","sub":"s1"}""", (await socket.ReceiveAsync("stop")).GetRawText());
    }

    [Fact]
    public async Task What_comes_is_marked_and_the_end_ends_the_sequence()
    {
        await using var replay = _client.Replay(new ReplayRequest { Entities = ["*"] });
        await using var items = new ItemReader(replay);
        var socket = await AcceptAsync("""{"from":"start","speed":1,"paused":false}""");

        await socket.SendAsync(Replaying, Change, "{'type':'progress',$sub,'replay':true,'time':'2026-02-25T20:05:00Z','position':12,'cursor':'c12'}",
            "{'type':'replayed',$sub,'replay':true,'position':40,'cursor':'c40'}");

        var begun = await items.NextAsync<SubscriptionItem.Replaying>();
        Assert.Equal(("replay", false, 4, 40), (begun.Answer, begun.IsPaused, begun.Speed, begun.End));
        Assert.True((await items.NextAsync<SubscriptionItem.Change>()).IsReplayed);
        Assert.Equal(new DateTimeOffset(2026, 2, 25, 20, 5, 0, TimeSpan.Zero), (await items.NextAsync<SubscriptionItem.Progress>()).Time);
        Assert.Equal(40, (await items.NextAsync<SubscriptionItem.Replayed>()).Position);
        await items.EndAsync();
        Assert.Equal("c40", replay.Cursor);
    }

    [Fact]
    public async Task A_lost_connection_is_taken_up_where_it_was_as_fast_and_as_paused_as_it_was()
    {
        await using var replay = _client.Replay(new ReplayRequest { Entities = ["*"], Speed = 4 });
        await using var items = new ItemReader(replay);
        var first = await AcceptAsync("""{"from":"start","speed":4,"paused":false}""");
        await first.SendAsync(Replaying, Change);
        await items.NextAsync<SubscriptionItem.Replaying>();
        await items.NextAsync<SubscriptionItem.Change>();
        replay.Pause();
        replay.ChangeSpeed(8);
        await first.ReceiveAsync("pause");
        await first.ReceiveAsync("speed");

        first.Abort();

        var second = await AcceptAsync("""{"from":"c12","to":40,"speed":8,"paused":true}"""); // the end is what it was at the beginning
        await second.SendAsync(Replaying);
        await items.NextAsync<SubscriptionItem.Replaying>();
    }

    [Fact]
    public async Task A_seek_that_was_not_answered_is_where_the_next_connection_begins()
    {
        await using var replay = _client.Replay(new ReplayRequest { Entities = ["*"], To = ReplayPlace.AfterPosition(90) });
        await using var items = new ItemReader(replay);
        var first = await AcceptAsync("""{"from":"start","to":90,"speed":1,"paused":false}""");
        await first.SendAsync(Replaying);
        await items.NextAsync<SubscriptionItem.Replaying>();
        replay.Seek(ReplayPlace.AfterPosition(5));
        await first.ReceiveAsync("seek");
        await first.SendAsync(Change); // of before
        await items.NextAsync<SubscriptionItem.Change>();

        first.Abort();

        var second = await AcceptAsync("""{"from":5,"to":90,"speed":1,"paused":false}""");
        await second.SendAsync(Replaying, Change);
        await items.NextAsync<SubscriptionItem.Replaying>();
        await items.NextAsync<SubscriptionItem.Change>();

        second.Abort();

        await AcceptAsync("""{"from":"c12","to":90,"speed":1,"paused":false}""");
    }

    [Fact]
    public async Task A_replay_that_went_live_is_a_subscription()
    {
        await using var replay = _client.Replay(new ReplayRequest { Entities = ["a/*"], Speed = null, GoesLive = true });
        await using var items = new ItemReader(replay);
        var first = await AcceptAsync("""{"from":"start","to":"live","speed":"max","paused":false}""");
        await first.SendAsync(
            "{'type':'replaying',$sub,'replay':true,'answer':'replay','paused':false,'speed':'max','to':'live','position':0,'cursor':'c0'}", Change,
            "{'type':'replayed',$sub,'replay':true,'position':12,'cursor':'c12'}", "{'type':'caught_up',$sub,'position':13,'cursor':'c13'}");
        var begun = await items.NextAsync<SubscriptionItem.Replaying>();
        Assert.Equal((null, null, null), (begun.Speed, begun.End, begun.Time));
        await items.NextAsync<SubscriptionItem.Change>();
        await items.NextAsync<SubscriptionItem.Replayed>();
        await items.NextAsync<SubscriptionItem.CaughtUp>();

        first.Abort();

        var second = await _server.AcceptSubscriptionAsync(from: "c13");
        await second.SendAsync("{'type':'subscribed',$sub,'position':13,'cursor':'c13'}");
        Assert.Equal("c13", (await items.NextAsync<SubscriptionItem.Subscribed>()).ResumedAfter);
    }

    [Fact]
    public async Task A_refused_message_is_an_item_and_moves_no_cursor()
    {
        await using var replay = _client.Replay(new ReplayRequest { Entities = ["*"] });
        await using var items = new ItemReader(replay);
        var socket = await AcceptAsync("""{"from":"start","speed":1,"paused":false}""");
        await socket.SendAsync(Replaying);
        replay.Seek(ReplayPlace.AfterPosition(1000));
        await socket.SendAsync(
            "{'type':'cursor_unknown',$sub,'replay':true,'refused':'seek','first':1,'position':40,'cursor':'c40'}",
            "{'type':'error',$sub,'code':'not_replaying','error':'why','refused':'pause'}");

        await items.NextAsync<SubscriptionItem.Replaying>();
        Assert.Equal(("seek", "cursor_unknown"), (await items.NextAsync<SubscriptionItem.Refused>()) is var seek ? (seek.Message, seek.Code) : default);
        Assert.Equal(new SubscriptionItem.Refused("pause", "not_replaying", "why"), await items.NextAsync<SubscriptionItem.Refused>());

        socket.Abort();

        await AcceptAsync("""{"from":"c10","to":40,"speed":1,"paused":false}""");
    }

    [Fact]
    public async Task A_stop_that_was_lost_with_the_connection_is_sent_again()
    {
        await using var replay = _client.Replay(new ReplayRequest { Entities = ["*"] });
        await using var items = new ItemReader(replay);
        var first = await AcceptAsync("""{"from":"start","speed":1,"paused":false}""");
        await first.SendAsync(Replaying);
        await items.NextAsync<SubscriptionItem.Replaying>();
        first.Abort();
        replay.Stop();

        var second = await AcceptAsync("""{"from":"c10","to":40,"speed":1,"paused":false}""");
        await second.SendAsync(Replaying);
        await second.ReceiveAsync("stop");
        await second.SendAsync("{'type':'stopped',$sub,'replay':true,'position':11,'cursor':'c11'}");

        await items.NextAsync<SubscriptionItem.Replaying>();
        Assert.Equal(11, (await items.NextAsync<SubscriptionItem.Stopped>()).Position);
        await items.EndAsync();
    }

    [Fact]
    public async Task A_replay_that_is_refused_ends_with_an_error()
    {
        await using var replay = _client.Replay(new ReplayRequest { Entities = ["*"] });
        await using var items = new ItemReader(replay);
        var socket = await AcceptAsync("""{"from":"start","speed":1,"paused":false}""");

        await socket.SendAsync("{'type':'error',$sub,'code':'too_many_subscriptions','error':'why'}");

        Assert.Equal("too_many_subscriptions", (await items.ErrorAsync<FluxSubscriptionException>()).Code);
    }

    [Fact]
    public void Places_are_checked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ReplayPlace.AfterPosition(-1));
        Assert.Throws<ArgumentException>(() => ReplayPlace.AfterCursor(""));
    }

    // The members that every message has are left out.
    private async Task<ScriptedSocket> AcceptAsync(string expected)
    {
        var socket = await _server.AcceptAsync();
        var message = await socket.ReceiveAsync("replay");
        socket.Sub = message.GetProperty("sub").GetString()!;
        var members = message.EnumerateObject().Where(member => member.Name is "from" or "to" or "speed" or "paused");
        Assert.Equal(expected, $"{{{string.Join(',', members.Select(member => $"\"{member.Name}\":{member.Value.GetRawText()}"))}}}");
        return socket;
    }
}
