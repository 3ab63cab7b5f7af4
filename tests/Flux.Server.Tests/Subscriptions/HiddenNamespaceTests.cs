using Flux.Core.Log;
using Flux.Core.Namespaces;
using Flux.Server.Namespaces;
using Flux.Server.Subscriptions;
using Flux.Server.Tests.Namespaces;
using Microsoft.AspNetCore.Http;

namespace Flux.Server.Tests.Subscriptions;

/// <summary>What the dispatcher shows, and counts, of namespaces that are not for everybody.</summary>
public sealed class HiddenNamespaceTests
{
    private readonly MemoryEventLog _log = new();
    private readonly TestNamespaces _namespaces = new(TimeProvider.System);
    private readonly ChangeDispatcher _dispatcher;
    private readonly TokenRecord _acme;
    private long _next = 1;

    public HiddenNamespaceTests()
    {
        var options = new SubscriptionOptions { OutboxBytes = 20_000, MaxSocketsOfNamespace = 3, MaxSubscriptionsOfNamespace = 5 };
        _dispatcher = TestDispatcher.Create(_namespaces.Directory, _log, options);
        _acme = _namespaces.Register("acme");
        _namespaces.MakePrivate("acme");
    }

    [Theory]
    [InlineData]
    [InlineData("*")]
    [InlineData("acme/a", "open/a")]
    [InlineData("acme/*", "open/*")]
    public void Only_a_holder_sees_what_is_private(params string[] patterns)
    {
        var (_, stranger) = Connect(token: null, patterns);
        var (_, other) = Connect(_namespaces.Register("other"), patterns);
        var (_, holder) = Connect(_acme, patterns);

        Append("open/a", "acme/a", "acme/a", "open/a", "acme/a");

        Assert.Equal([1, 4], Received(stranger));
        Assert.Equal([1, 4], Received(other));
        Assert.Equal([1, 2, 3, 4, 5], Received(holder));
    }

    [Fact]
    public void A_holder_gets_what_is_open_and_what_is_private_in_one_write_like_everybody()
    {
        var (_, stranger) = Connect(token: null);
        var (_, holder) = Connect(_acme);

        Append("open/a", "acme/a", "open/a", "acme/a", "open/a");

        Assert.Equal((1, 1), (stranger.Writes, holder.Writes));
    }

    [Fact]
    public void A_holder_gets_only_what_it_subscribed_to()
    {
        var (_, holder) = Connect(_acme, "acme/a");

        Append("acme/b", "open/a", "acme/a");

        Assert.Equal([3], Received(holder));
    }

    [Fact]
    public void A_private_deletion_is_told_to_every_holder_and_to_nobody_else()
    {
        var (_, stranger) = Connect(token: null, "open/a");
        var (_, everything) = Connect(token: null);
        var (_, holder) = Connect(_acme, "open/a");

        Append([TestEvents.Of(1, "acme/a", """{"__deleted__":true}"""), TestEvents.Set(2, "open/a")]);

        Assert.Equal([2], Received(stranger));
        Assert.Equal([2], Received(everything));
        Assert.Equal([1, 2], Received(holder));
    }

    [Fact]
    public void A_token_with_a_prefix_shows_what_the_prefix_reaches()
    {
        var (_, holder) = Connect(_namespaces.Issue("acme", entityPrefix: "acme/in/"));

        Append("acme/out/a", "acme/in/a");

        Assert.Equal([2], Received(holder));
    }

    [Fact]
    public void Rights_are_those_of_the_moment()
    {
        var (_, stranger) = Connect(token: null);
        var (_, holder) = Connect(_acme);

        Append("acme/a");
        _namespaces.MakePrivate("acme", isPrivate: false);
        Append("acme/a");
        _namespaces.MakePrivate("acme");
        Append("acme/a");
        _namespaces.Revoke("acme", _acme);
        Append("acme/a", "open/a");

        Assert.Equal([2, 5], Received(stranger));
        Assert.Equal([1, 2, 3, 5], Received(holder));
    }

    [Theory]
    [InlineData(NamespaceState.Banned)]
    [InlineData(NamespaceState.Deleted)]
    public void What_is_banned_or_was_private_before_its_deletion_is_shown_to_nobody(NamespaceState state)
    {
        var (_, holder) = Connect(_acme);
        var (_, stranger) = Connect(token: null, "acme/a", "open/a");
        _namespaces.Change("acme", new NamespaceChange { State = state });

        Append("acme/a", "open/a");

        Assert.Equal([2], Received(holder));
        Assert.Equal([2], Received(stranger));
    }

    [Fact]
    public void A_suspended_private_namespace_can_be_read()
    {
        var (_, holder) = Connect(_acme);
        _namespaces.Change("acme", new NamespaceChange { State = NamespaceState.Suspended });

        Append("acme/a");

        Assert.Equal([1], Received(holder));
    }

    [Fact]
    public void A_token_that_was_issued_a_moment_ago_elsewhere_opens_as_soon_as_it_is_known()
    {
        var token = TestNamespaces.NewToken("late");
        var (_, holder) = Connect(token, "acme/a");
        _namespaces.Put("acme", token);

        Append("acme/a");

        Assert.Equal([1], Received(holder));
    }

    [Fact]
    public async Task A_socket_that_catches_up_from_the_log_sees_what_its_token_opens()
    {
        var (_, stranger) = Connect(token: null);
        var (_, holder) = Connect(_acme);
        stranger.Shut();
        holder.Shut();
        for (var i = 0; i < 1500; i++)
        {
            Append("acme/a", "open/a");
        }

        stranger.Open();
        holder.Open();
        await Until(() => Received(stranger).Count >= 1500 && Received(holder).Count >= 3000);
        Append("acme/a", "open/a");
        await Until(() => Received(stranger).Count >= 1501 && Received(holder).Count >= 3002);

        Assert.True(_log.Reads > 0, "the log was not needed");
        Assert.Equal(Enumerable.Range(1, 1501).Select(i => i * 2L), Received(stranger));
        Assert.Equal(Enumerable.Range(1, 3002).Select(i => (long)i), Received(holder));
    }

    [Fact]
    public async Task A_holder_that_catches_up_under_traffic_gets_every_change_once_and_in_order()
    {
        var (connection, holder) = Connect(_acme);
        for (var round = 0; round < 20; round++)
        {
            holder.Shut();
            for (var i = 0; i < 60; i++)
            {
                Append("open/a", "acme/a", "acme/b", "open/a", "acme/a");
            }

            holder.Open();
            for (var i = 0; i < 60; i++)
            {
                Append("acme/a", "open/a", "acme/a");
                await Task.Yield();
            }
        }

        await Until(() => Received(holder).Count >= _next - 1 && !connection.IsLagging);
        Assert.Equal(Enumerable.Range(1, (int)_next - 1).Select(i => (long)i), Received(holder));
    }

    [Fact]
    public void Hidden_events_are_not_counted()
    {
        Append("acme/a", "open/a", "acme/a");
        var before = _dispatcher.Measure();

        Append("acme/a");

        var after = _dispatcher.Measure();
        Assert.Equal((1, 1), (before.Applied, before.Publishers));
        Assert.Equal(1, after.Applied);
    }

    [Fact]
    public void Who_publishes_only_to_a_hidden_namespace_is_not_counted()
    {
        Append("acme/a");

        Assert.Equal((0, 0, 0), (_dispatcher.Measure().Applied, _dispatcher.Measure().Rate, _dispatcher.Measure().Publishers));
    }

    [Fact]
    public void The_namespaces_limit_on_sockets_is_for_sockets_with_working_tokens()
    {
        var revoked = _namespaces.Issue("acme");
        _namespaces.Revoke("acme", revoked);
        Connect(revoked);
        Connect(token: null);
        var (first, _) = Connect(_acme);
        Connect(_acme);
        Connect(_acme);

        Assert.False(_dispatcher.TryAdd(NewConnection(_acme)));
        Assert.True(_dispatcher.TryAdd(NewConnection(revoked)));
        _dispatcher.Remove(first);
        Assert.True(_dispatcher.TryAdd(NewConnection(_acme)));
        Assert.False(_dispatcher.TryAdd(NewConnection(_acme)));
    }

    [Fact]
    public void A_namespaces_own_limits_go_before_the_servers()
    {
        _namespaces.Change("acme", new NamespaceChange { Limits = new NamespaceLimits { Sockets = 1, Subscriptions = 1 } });
        var (_, holder) = Connect(_acme, "acme/a", "acme/b");

        Append("acme/b", "acme/a");

        Assert.False(_dispatcher.TryAdd(NewConnection(_acme)));
        Assert.Equal([2], Received(holder));
    }

    [Fact]
    public void Beyond_the_namespaces_limit_on_subscriptions_the_set_stays_until_there_is_room()
    {
        var (first, _) = Connect(_acme, "open/1", "open/2", "open/3");
        var (second, stream) = Connect(_acme, "open/1", "open/2", "open/3");

        Append("open/3");
        _dispatcher.Unsubscribe(second, "open/3"); // was not there
        _dispatcher.Subscribe(second, "open/3");
        Append("open/3");
        _dispatcher.Unsubscribe(second, "open/1");
        _dispatcher.Subscribe(second, "open/3");
        Append("open/3");
        _dispatcher.Remove(first);
        _dispatcher.Subscribe(second, "open/4");
        Append("open/4");

        Assert.Equal([3, 4], Received(stream));
    }

    [Fact]
    public void The_sockets_of_a_token_end_with_it_and_no_others()
    {
        var kept = _namespaces.Issue("acme");
        var (ended, _) = Connect(_acme);
        Connect(kept);
        Connect(token: null);
        Connect(TestNamespaces.NewToken("made up"));
        Assert.Empty(_dispatcher.RemoveEnded());

        _namespaces.Revoke("acme", _acme);

        Assert.Equal([(ended, TokenEnd.Revoked)], _dispatcher.RemoveEnded());
        Assert.Empty(_dispatcher.RemoveEnded());
        Assert.Equal(3, _dispatcher.Measure().Connections.Length);
    }

    [Fact]
    public void The_reason_says_what_has_become_of_the_token()
    {
        var expired = _namespaces.Issue("acme");
        var replaced = _namespaces.Issue("acme");
        var (banned, deleted, taken) = (_namespaces.Register("banned"), _namespaces.Register("deleted"), _namespaces.Register("taken"));
        List<Connection> sockets = [.. ((TokenRecord[])[expired, replaced, banned, deleted, taken]).Select(token => Connect(token).Connection)];

        _namespaces.Put("acme", expired with { ExpiresAt = 1 });
        _namespaces.Put("acme", replaced with { ExpiresAt = 1, ReplacedBy = "next" });
        _namespaces.Change("banned", new NamespaceChange { State = NamespaceState.Banned });
        _namespaces.Change("deleted", new NamespaceChange { State = NamespaceState.Deleted });
        _namespaces.Change("taken", new NamespaceChange { State = NamespaceState.Deleted });
        _namespaces.Register("taken");

        var reasons = _dispatcher.RemoveEnded().ToDictionary(ended => ended.Connection, ended => ended.Reason);
        Assert.Equal(
            [TokenEnd.Expired, TokenEnd.Replaced, TokenEnd.NamespaceBanned, TokenEnd.NamespaceDeleted, TokenEnd.Forgotten],
            sockets.Select(socket => reasons[socket]));
    }

    private static List<long> Received(GatedStream stream) =>
        [.. Frames.Read(stream.Written()).Select(frame => frame.GetProperty("position").GetInt64())];

    private static async Task Until(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private Connection NewConnection(TokenRecord? token) =>
        new(ConnectionProtocol.Classic, new Outbox(capacity: 20_000), new DefaultHttpContext(), _namespaces.RightsOf(token));

    private (Connection Connection, GatedStream Stream) Connect(TokenRecord? token, params string[] patterns)
    {
        var stream = new GatedStream();
        var connection = NewConnection(token);
        connection.Outbox.Open(stream);
        Assert.True(_dispatcher.TryAdd(connection));
        foreach (var pattern in patterns)
        {
            _dispatcher.Subscribe(connection, pattern);
        }

        return (connection, stream);
    }

    private void Append(params string[] ids) => Append([.. ids.Select((id, i) => TestEvents.Set(_next + i, id))]);

    private void Append(RecordedEvent[] events)
    {
        _log.Add(events);
        _next += events.Length;
        _dispatcher.Dispatch(events);
    }
}
