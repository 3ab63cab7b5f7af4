using Flux.Client.Tests.Scripted;

namespace Flux.Client.Tests;

public sealed class DeadFeedTests : IAsyncLifetime
{
    private const string Subscribed = "{'type':'subscribed',$sub,'position':10,'cursor':'c10'}";
    private const string Progress = "{'type':'progress',$sub,'position':12,'cursor':'c12'}";
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(125);
    private readonly ObservedTime _time = new();
    private ScriptedServer _server = null!;
    private ScriptedServer _other = null!;
    private FluxClient _client = null!;
    private ConnectionChanges _changes = null!;

    public async ValueTask InitializeAsync()
    {
        (_server, _other) = (await ScriptedServer.StartAsync(), await ScriptedServer.StartAsync());
        Connect(bufferBytes: 1024 * 1024);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Fact]
    public async Task A_live_feed_that_falls_silent_is_reported_within_the_limit_and_not_before_and_taken_up_elsewhere()
    {
        await using var items = new ItemReader(_client.Subscribe(new SubscriptionRequest { Entities = ["*"] }));
        var socket = await LiveAsync(items);
        for (var second = 0; second < 5; second++)
        {
            Pass(TimeSpan.FromSeconds(2.5));
            await socket.SendAsync(Progress);
            await items.NextAsync<SubscriptionItem.Progress>();
        }

        Pass(TimeSpan.FromSeconds(2.75));
        await HeardAsync(() => socket.SendAsync("{'type':'pong'}")); // the socket lives, which proves nothing
        Assert.True(_changes.IsEmpty);

        Pass(TimeSpan.FromSeconds(0.25));
        var lost = await _changes.NextAsync<ConnectionChange.FeedLost>();
        Assert.Equal(_server.Address, lost.Address);
        Assert.InRange(lost.Silence, TimeSpan.FromSeconds(2.8), TimeSpan.FromSeconds(3));
        await _other.AcceptSubscriptionAsync(from: "c12");
    }

    [Fact]
    public async Task A_feed_that_was_silent_from_the_beginning_is_reported_too()
    {
        await using var items = new ItemReader(_client.Subscribe(new SubscriptionRequest { Entities = ["*"] }));
        await LiveAsync(items);

        Pass(TimeSpan.FromSeconds(3));

        await _changes.NextAsync<ConnectionChange.FeedLost>();
        await _other.AcceptSubscriptionAsync(from: "c10");
    }

    [Fact]
    public async Task A_server_that_does_not_answer_a_subscription_is_left()
    {
        _client.Subscribe(new SubscriptionRequest { Entities = ["*"] });
        await _server.AcceptSubscriptionAsync(from: "now");
        await _changes.NextAsync<ConnectionChange.Connected>();

        Pass(TimeSpan.FromSeconds(9));
        Assert.True(_changes.IsEmpty);
        Pass(TimeSpan.FromSeconds(1));

        await _changes.NextAsync<ConnectionChange.FeedLost>();
        await _other.AcceptSubscriptionAsync(from: "now");
    }

    [Fact]
    public async Task A_subscription_that_catches_up_may_be_silent_while_the_server_answers_pings()
    {
        await using var items = new ItemReader(
            _client.Subscribe(new SubscriptionRequest { Entities = ["*"], From = SubscriptionStart.AfterCursor("c1") }));
        var socket = await _server.AcceptSubscriptionAsync(from: "c1");
        await _changes.NextAsync<ConnectionChange.Connected>();
        await socket.SendAsync(Subscribed);
        await items.NextAsync<SubscriptionItem.Subscribed>();

        for (var second = 0; second < 20; second++)
        {
            Pass(TimeSpan.FromSeconds(1.125));
            await AnswersPingAsync(socket);
        }

        Assert.True(_changes.IsEmpty);
        await socket.SendAsync("{'type':'caught_up',$sub,'position':12,'cursor':'c12'}");
        await items.NextAsync<SubscriptionItem.CaughtUp>();
        Pass(TimeSpan.FromSeconds(3)); // live from here on
        await _changes.NextAsync<ConnectionChange.FeedLost>();
        await _other.AcceptSubscriptionAsync(from: "c12");
    }

    [Fact]
    public async Task A_process_that_slept_does_not_blame_the_feed_and_notices_afterwards_when_it_is_dead()
    {
        await using var items = new ItemReader(_client.Subscribe(new SubscriptionRequest { Entities = ["*"] }));
        var socket = await LiveAsync(items);
        Pass(TimeSpan.FromSeconds(2.5));

        _time.Advance(TimeSpan.FromHours(1));
        Pass(TimeSpan.FromSeconds(2.5));
        Assert.True(_changes.IsEmpty);

        // What was sent before it slept does not show that the feed is live now; the answer to its ping does.
        var ping = await socket.ReceiveAsync("ping");
        await socket.SendAsync(Progress);
        await items.NextAsync<SubscriptionItem.Progress>();
        for (var second = 0; second < 4; second++)
        {
            Pass(TimeSpan.FromSeconds(1.125));
            await AnswersPingAsync(socket);
        }

        Assert.True(_changes.IsEmpty);
        await socket.SendAsync($"{{'type':'pong','data':'{ping.GetProperty("data")}'}}", Progress);
        await items.NextAsync<SubscriptionItem.Progress>();
        Pass(TimeSpan.FromSeconds(3));
        await _changes.NextAsync<ConnectionChange.FeedLost>();
    }

    [Fact]
    public async Task An_application_that_reads_slowly_never_makes_the_feed_look_dead()
    {
        await _client.DisposeAsync();
        Connect(bufferBytes: 1);
        await using var items = new ItemReader(_client.Subscribe(new SubscriptionRequest { Entities = ["*"] }));
        var socket = await _server.AcceptSubscriptionAsync(from: "now");
        await _changes.NextAsync<ConnectionChange.Connected>();
        await HeardAsync(() => socket.SendAsync(Subscribed, Progress, Progress), looks: 3); // the second finds no room and holds the reader up

        Pass(TimeSpan.FromMinutes(10));

        await items.NextAsync<SubscriptionItem.Subscribed>();
        await items.NextAsync<SubscriptionItem.Progress>();
        await items.NextAsync<SubscriptionItem.Progress>();
        Assert.Equal(1, _server.Upgrades + _other.Upgrades);
        Assert.True(_changes.IsEmpty);

        // It reads again, and a feed that is dead now is noticed: the server answers, and sends nothing else.
        var ping = await socket.ReceiveAsync("ping");
        await socket.SendAsync($"{{'type':'pong','data':'{ping.GetProperty("data")}'}}", Progress);
        await items.NextAsync<SubscriptionItem.Progress>();
        Pass(TimeSpan.FromSeconds(3));
        await _changes.NextAsync<ConnectionChange.FeedLost>();
    }

    [Fact]
    public async Task Without_proof_of_life_silence_is_no_death_while_pings_are_answered()
    {
        await using var items = new ItemReader(_client.Subscribe(new SubscriptionRequest { Entities = ["*"], Progress = false }));
        var socket = await LiveAsync(items);

        for (var minute = 0; minute < 6; minute++)
        {
            Pass(TimeSpan.FromSeconds(10.125));
            await AnswersPingAsync(socket);
        }

        Assert.True(_changes.IsEmpty);
        Pass(TimeSpan.FromSeconds(31));
        await _changes.NextAsync<ConnectionChange.FeedLost>();
    }

    [Fact]
    public async Task A_large_frame_that_arrives_in_parts_is_no_silence()
    {
        await using var items = new ItemReader(_client.Subscribe(new SubscriptionRequest { Entities = ["*"] }));
        var socket = await LiveAsync(items);
        await HeardAsync(() => socket.SendPartAsync($"{{'sub':'{socket.Sub}','type':'pro", last: false));
        Pass(TimeSpan.FromSeconds(2.5));
        await HeardAsync(() => socket.SendPartAsync("gress','position':12", last: false));
        Pass(TimeSpan.FromSeconds(2.5));
        await socket.SendPartAsync("}", last: true);

        await items.NextAsync<SubscriptionItem.Progress>();
        Assert.True(_changes.IsEmpty);
    }

    private void Connect(int bufferBytes)
    {
        _client = new FluxClient(new FluxClientOptions
        {
            Addresses = [_server.Address, _other.Address],
            BufferBytes = bufferBytes,
            Random = new FixedRandom(0), // no waits
            Time = _time,
        });
        _changes = new ConnectionChanges(_client);
    }

    private async Task<ScriptedSocket> LiveAsync(ItemReader items)
    {
        var socket = await _server.AcceptSubscriptionAsync(from: "now");
        await _changes.NextAsync<ConnectionChange.Connected>();
        await socket.SendAsync(Subscribed);
        await items.NextAsync<SubscriptionItem.Subscribed>();
        return socket;
    }

    private void Pass(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += Step)
        {
            _time.Advance(Step);
        }
    }

    private async Task AnswersPingAsync(ScriptedSocket socket)
    {
        await socket.ReceiveAsync("ping");
        await HeardAsync(() => socket.SendAsync("{'type':'pong'}"));
    }

    private async Task HeardAsync(Func<Task> send, int looks = 1)
    {
        var heard = _time.LooksAsync(looks);
        await send();
        await heard.InTime("a look at the clock");
    }
}
