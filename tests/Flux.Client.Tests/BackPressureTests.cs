using Flux.Client.Tests.Scripted;

namespace Flux.Client.Tests;

public sealed class BackPressureTests
{
    private const int Overhead = 256;   // what a frame costs besides its bytes
    private const int FrameBytes = 61;  // of a frame of EndlessSocket with a position of one digit

    [Fact]
    public async Task A_full_subscription_stops_the_reading_of_the_socket_until_the_application_takes_something()
    {
        var time = new ObservedTime();
        var options = new FluxClientOptions
        {
            Addresses = [new Uri("http://localhost")],
            BufferBytes = 3 * (FrameBytes + Overhead),
            Time = time,
        };
        await using var client = new FluxClient(options); // it is not asked to connect
        var subscription = new FluxSubscription(client, "s1", new SubscriptionRequest { Entities = ["*"] }, replay: null, options);
        await using var items = new ItemReader(subscription);
        using var socket = new EndlessSocket();
        using var connection = new Connection(socket, options.Addresses[0], options, doublings: 0, _ => { });
        connection.Subscribe(subscription);
        using var stop = new CancellationTokenSource();

        var stalled = time.LooksAsync(4 + 1); // four frames arrive, and then the reader is held up
        var running = connection.RunAsync(stop.Token);
        await stalled.InTime("a full buffer");
        Assert.Equal(4, socket.Reads); // three wait for the application, one for room

        for (var position = 1; position <= 4; position++)
        {
            stalled = time.LooksAsync(3); // the reader goes on, the next frame arrives, and it is held up again
            Assert.Equal(position, (await items.NextAsync<SubscriptionItem.Progress>()).Position);
            await stalled.InTime("a full buffer");
            Assert.Equal(4 + position, socket.Reads);
        }

        await subscription.DisposeAsync(); // as its client does, so that the reader is not held up for ever
        await stop.CancelAsync();
        socket.Abort();
        Assert.IsType<ConnectionEnd.Lost>(await running);
    }

    [Fact]
    public async Task What_waits_is_bounded_and_one_item_always_fits()
    {
        var buffer = new ItemBuffer(100);
        Assert.True(buffer.TryWrite(Item(1), 1000));
        Assert.False(buffer.TryWrite(Item(2), 1));
        var room = buffer.WaitForRoomAsync();
        Assert.False(room.IsCompleted);

        Assert.Equal(Item(1), buffer.Read());

        await room;
        Assert.True(buffer.TryWrite(Item(2), 50));
        Assert.True(buffer.TryWrite(Item(3), 50));
        Assert.False(buffer.TryWrite(Item(4), 1));
        Assert.Equal([Item(2), Item(3), null], new[] { buffer.Read(), buffer.Read(), buffer.Read() });
    }

    [Fact]
    public async Task The_end_lets_go_of_whoever_waits_for_room_and_comes_behind_what_waits()
    {
        var buffer = new ItemBuffer(1);
        Assert.True(buffer.TryWrite(Item(1), 1));
        Assert.False(buffer.TryWrite(Item(2), 1));
        var room = buffer.WaitForRoomAsync();

        buffer.Complete(new FluxProtocolException("over", inner: null));

        await room;
        Assert.True(buffer.TryWrite(Item(2), 1)); // goes nowhere
        Assert.True(await buffer.WaitToReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal(Item(1), buffer.Read());
        Assert.Equal("over", (await Assert.ThrowsAsync<FluxProtocolException>(async () => await buffer.WaitToReadAsync(CancellationToken.None))).Message);
    }

    private static SubscriptionItem.Progress Item(long position) => new(position);
}
