using Flux.Core.Log;
using Flux.Grains.Namespaces;
using Flux.Server.Namespaces;
using Flux.Server.Subscriptions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flux.Server.Tests.Subscriptions;

public sealed class ChangeDispatcherTests
{
    private readonly MemoryEventLog _log = new();
    private readonly NamespaceDirectory _directory = new();
    private readonly ChangeDispatcher _dispatcher;
    private long _next = 1;

    public ChangeDispatcherTests() => _dispatcher = TestDispatcher.Create(_directory, _log, new SubscriptionOptions { OutboxBytes = 20_000 });

    [Fact]
    public void A_socket_that_wants_everything_gets_a_whole_dispatch_in_one_write()
    {
        var (_, stream) = Connect();

        Append(50);

        Assert.Equal(1, stream.Writes);
        Assert.Equal(Positions(1, 50), Received(stream));
    }

    [Fact]
    public void A_selective_socket_gets_what_it_wants_and_every_deletion()
    {
        var (connection, stream) = Connect();
        _dispatcher.Subscribe(connection, "a");

        Append([TestEvents.Set(1, "a"), TestEvents.Set(2, "b"), TestEvents.Of(3, "b", """{"__deleted__":true}"""), TestEvents.Set(4, "a")]);

        Assert.Equal([1, 3, 4], Received(stream));
    }

    [Fact]
    public void What_changed_nothing_and_what_the_server_notes_for_itself_is_not_pushed()
    {
        var (_, stream) = Connect();

        Append([TestEvents.Of(1, "a", "{}", isApplied: false), TestEvents.Set(2, "$flux/audit"), TestEvents.Set(3, "a")]);

        Assert.Equal([3], Received(stream));
        Assert.Equal(1, _dispatcher.Measure().Applied);
    }

    [Fact]
    public void Two_that_dispatch_the_same_changes_at_once_leave_no_gap_for_either_protocol()
    {
        var dispatcher = TestDispatcher.Create(
            _directory, _log, new EmptyReadModel(), new SubscriptionOptions(), NullLoggerFactory.Instance, out var subscriptions);
        var events = TestEvents.Batch(1, 20_000).Events;

        // Each skips what the other one was faster with, and throws when there is a gap.
        Parallel.For(0, 2, _ =>
        {
            for (var i = 0; i < events.Length; i += 2)
            {
                dispatcher.Dispatch(events.AsSpan(i, 2));
            }
        });

        Assert.Equal(new Position(20_000), dispatcher.Position);
        Assert.Equal(new Position(20_000), subscriptions.Head.Position);
    }

    [Fact]
    public void A_dispatch_that_repeats_positions_brings_nothing_twice()
    {
        var (_, stream) = Connect();
        Append(2);

        _dispatcher.Dispatch(TestEvents.Batch(1, 3).Events);

        Assert.Equal([1, 2, 3], Received(stream));
    }

    [Fact]
    public void A_gap_is_refused() =>
        Assert.Throws<InvalidOperationException>(() => _dispatcher.Dispatch(TestEvents.Batch(2, 1).Events));

    [Fact]
    public async Task A_slow_socket_loses_nothing_and_nobody_waits_for_it()
    {
        var (_, slow) = Connect();
        var (_, quick) = Connect();
        slow.Shut();

        for (var i = 0; i < 100; i++)
        {
            Append(20);
        }

        Assert.Equal(Positions(1, 2000), Received(quick));
        Assert.Empty(Received(slow));
        Assert.Equal(0, _log.Reads);

        slow.Open();
        await Until(() => Received(slow).Count >= 2000);
        Append(5);
        await Until(() => Received(slow).Count >= 2005);

        Assert.Equal(Positions(1, 2005), Received(slow));
    }

    [Fact]
    public async Task A_slow_selective_socket_catches_up_with_what_it_wants()
    {
        var (connection, slow) = Connect();
        _dispatcher.Subscribe(connection, "a/*");
        slow.Shut();

        for (var i = 0; i < 1000; i++)
        {
            Append([TestEvents.Set(_next, "a/x"), TestEvents.Set(_next + 1, "b/x")]);
        }

        slow.Open();
        await Until(() => Received(slow).Count >= 1000);

        Assert.Equal(Enumerable.Range(0, 1000).Select(i => (i * 2L) + 1), Received(slow));
    }

    [Fact]
    public async Task A_socket_that_catches_up_under_traffic_gets_every_change_once_and_in_order()
    {
        var (connection, socket) = Connect();
        for (var round = 0; round < 20; round++)
        {
            socket.Shut();
            for (var i = 0; i < 30; i++)
            {
                Append(10);
            }

            socket.Open();
            for (var i = 0; i < 30; i++)
            {
                Append(10);
                await Task.Yield();
            }
        }

        await Until(() => Received(socket).Count >= _next - 1 && !connection.IsLagging);
        Assert.Equal(Positions(1, (int)_next - 1), Received(socket));
    }

    [Fact]
    public async Task An_event_with_far_more_bytes_of_frames_than_of_its_own_reaches_sockets_in_parts()
    {
        const int Properties = 5_000;
        var (selective, wanting) = Connect();
        var (other, idle) = Connect();
        var (_, all) = Connect();
        _dispatcher.Subscribe(selective, "a/*");
        _dispatcher.Subscribe(other, "b/*");
        var id = $"a/{new string('x', 500)}";
        Append([TestEvents.Set(1, id)]);

        Append([TestEvents.Set(2, id), TestEvents.Of(3, id, $"{{{string.Join(',', Enumerable.Range(0, Properties).Select(i => $"\"p{i}\":{i}"))}}}"), TestEvents.Set(4, id)]);

        long[] expected = [1, 2, .. Enumerable.Repeat(3L, Properties), 4];
        await Until(() => Received(all).Count >= expected.Length && Received(wanting).Count >= expected.Length);
        Assert.Equal(expected, Received(all));
        Assert.Equal(expected, Received(wanting));
        Assert.Empty(Received(idle));
        Assert.False(other.IsLagging);
        Assert.InRange(all.Written().Length / all.Writes, 1, Outbox.BlockBytes);
    }

    [Fact]
    public void A_large_value_goes_out_in_parts_and_whole()
    {
        var (_, stream) = Connect();

        Append([TestEvents.Of(1, "a", $"{{\"text\":\"{new string('x', 900_000)}\"}}")]);

        Assert.Equal([1], Received(stream));
        Assert.Equal(4, stream.Writes);
    }

    [Fact]
    public async Task Control_frames_go_ahead_of_what_waits()
    {
        var (connection, stream) = Connect();
        stream.Shut();
        Append(1);
        Append(1);
        var pong = connection.Outbox.WriteControlAsync(new byte[] { 0x8A, 0 });
        var behind = connection.Outbox.WriteAsync(default);

        stream.Open();
        await pong;
        await behind;

        var first = Array.IndexOf(stream.Written(), (byte)0x8A);
        Assert.Equal([1], Positions(stream.Written()[..first]));
        Assert.Equal([2], Positions(stream.Written()[(first + 2)..]));
    }

    [Fact]
    public async Task Nothing_follows_a_close_frame()
    {
        var (connection, stream) = Connect();
        await connection.Outbox.WriteLastAsync(new byte[] { 0x88, 0 });

        Append(1);

        Assert.Equal([0x88, 0], stream.Written());
    }

    private static List<long> Positions(int first, int last) => [.. Enumerable.Range(first, last - first + 1).Select(i => (long)i)];

    private static List<long> Positions(byte[] bytes) => [.. Frames.Read(bytes).Select(frame => frame.GetProperty("position").GetInt64())];

    private static List<long> Received(GatedStream stream) => Positions(stream.Written());

    private static async Task Until(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private (Connection Connection, GatedStream Stream) Connect()
    {
        var stream = new GatedStream();
        var connection = new Connection(ConnectionProtocol.Classic, new Outbox(capacity: 20_000), new DefaultHttpContext(), new ReadRights(_directory, token: null, TimeProvider.System));
        connection.Outbox.Open(stream);
        Assert.True(_dispatcher.TryAdd(connection));
        return (connection, stream);
    }

    private void Append(int count) => Append(TestEvents.Batch(_next, count).Events);

    private void Append(RecordedEvent[] events)
    {
        _log.Add(events);
        _next += events.Length;
        _dispatcher.Dispatch(events);
    }
}
