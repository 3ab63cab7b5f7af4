using System.Net;
using System.Net.Sockets;
using System.Text;
using Flux.Testing.Network;

namespace Flux.Cluster.Tests.Bench;

/// <summary>The link that hurts: each rule does what its name says, before a scenario trusts it.</summary>
public sealed class TcpProxyTests : IAsyncDisposable
{
    // Guards against hanging, and is no target.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly TcpListener _listener = new(IPAddress.Loopback, port: 0);
    private readonly TcpProxy _proxy;

    public TcpProxyTests()
    {
        _listener.Start();
        _proxy = TcpProxy.Start(((IPEndPoint)_listener.LocalEndpoint).Port, TimeProvider.System);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _listener.Dispose();
    }

    [Fact]
    public async Task Bytes_pass_both_ways_and_so_does_the_end()
    {
        var (client, server) = await ConnectAsync();

        await SendAsync(client, "hello");
        Assert.Equal("hello", await ReadAsync(server, 5));
        await SendAsync(server, "world");
        Assert.Equal("world", await ReadAsync(client, 5));
        client.Client.Shutdown(SocketShutdown.Send);

        Assert.Equal(string.Empty, await ReadAsync(server, 1));
    }

    [Fact]
    public async Task Many_bytes_pass_whole_and_in_order()
    {
        var (client, server) = await ConnectAsync();
        var sent = string.Concat(Enumerable.Range(0, 300_000).Select(i => (char)('a' + (i * 7 % 26))));

        var sending = SendAsync(client, sent);
        var received = await ReadAsync(server, sent.Length);
        await sending;

        Assert.Equal(sent, received);
    }

    [Fact]
    public async Task A_delay_holds_bytes_back_and_keeps_their_order()
    {
        var (client, server) = await ConnectAsync();
        _proxy.Delay(TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(90));
        var started = TimeProvider.System.GetTimestamp();

        await SendAsync(client, "one");
        Assert.Equal("one", await ReadAsync(server, 3));
        var took = TimeProvider.System.GetElapsedTime(started);
        for (var i = 0; i < 10; i++)
        {
            await SendAsync(client, $"{i}");
        }

        Assert.Equal("0123456789", await ReadAsync(server, 10));
        Assert.True(took > TimeSpan.FromMilliseconds(9), $"it took {took}");
    }

    [Fact]
    public async Task Dropped_bytes_vanish_and_the_connection_is_reset_when_the_link_heals()
    {
        var (client, server) = await ConnectAsync();
        _proxy.Drop();

        await SendAsync(client, "lost");
        var reading = ReadAsync(server, 1);
        await UntilAsync(() => _proxy.DroppedBytes == 4, "the bytes to be dropped");
        Assert.False(reading.IsCompleted);
        _proxy.Pass();

        await Assert.ThrowsAnyAsync<IOException>(() => reading);
        var (again, other) = await ConnectAsync();
        await SendAsync(again, "x");
        Assert.Equal("x", await ReadAsync(other, 1));
    }

    [Fact]
    public async Task Bytes_of_one_end_vanish_while_those_of_the_other_pass()
    {
        var (client, server) = await ConnectAsync();
        _proxy.DropOneWay(LinkEnd.Client);

        await SendAsync(client, "lost");
        await UntilAsync(() => _proxy.DroppedBytes == 4, "the bytes to be dropped");
        await SendAsync(server, "there");
        Assert.Equal("there", await ReadAsync(client, 5));
        _proxy.DropOneWay(LinkEnd.Server);
        await SendAsync(client, "here");
        Assert.Equal("here", await ReadAsync(server, 4));
        await SendAsync(server, "gone");
        await UntilAsync(() => _proxy.DroppedBytes == 8, "those of the other end to be dropped");
    }

    [Fact]
    public async Task A_reset_ends_what_is_open_and_lets_new_connections_through()
    {
        var (client, server) = await ConnectAsync();
        await SendAsync(client, "x");
        Assert.Equal("x", await ReadAsync(server, 1));

        Assert.Equal(1, _proxy.Reset());

        await Assert.ThrowsAnyAsync<IOException>(() => ReadAsync(client, 1));
        await Assert.ThrowsAnyAsync<IOException>(() => ReadAsync(server, 1));
        await ConnectAsync();
    }

    [Fact]
    public async Task A_reply_is_cut_once_and_only_after_its_request()
    {
        var (client, server) = await ConnectAsync();
        _ = _proxy.CutReplyAsync("not this"u8, "done"u8); // an order that is replaced before it was met
        await SendAsync(client, "hello");
        Assert.Equal("hello", await ReadAsync(server, 5));
        var cut = _proxy.CutReplyAsync("this one"u8, "done"u8);

        await SendAsync(server, "done");
        Assert.Equal("done", await ReadAsync(client, 4));
        await SendAsync(client, "this ");
        Assert.Equal("this ", await ReadAsync(server, 5));
        await SendAsync(client, "one");
        Assert.Equal("one", await ReadAsync(server, 3)); // the request arrives whole: what it asks for happens
        await SendAsync(server, "rows, do");
        await SendAsync(server, "ne");

        await cut.WaitAsync(Limit, TimeProvider.System, Cancellation);
        await Assert.ThrowsAnyAsync<IOException>(() => ReadAsync(client, 1));
        var (again, other) = await ConnectAsync();
        await SendAsync(again, "this one");
        await ReadAsync(other, 8);
        await SendAsync(other, "done");
        Assert.Equal("done", await ReadAsync(again, 4));
    }

    [Fact]
    public async Task A_throttle_lets_bytes_trickle()
    {
        var (client, server) = await ConnectAsync();
        _proxy.Throttle(bytesPerSecond: 1_000);
        var started = TimeProvider.System.GetTimestamp();

        await SendAsync(client, new string('x', 300));
        await ReadAsync(server, 300);

        var took = TimeProvider.System.GetElapsedTime(started);
        Assert.True(took > TimeSpan.FromMilliseconds(200), $"300 bytes at 1,000 a second took {took}");
    }

    private static async Task SendAsync(TcpClient socket, string text) => await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text), Cancellation);

    /// <summary>Reads so many characters, or fewer when the other side ended.</summary>
    private static async Task<string> ReadAsync(TcpClient socket, int count)
    {
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        var buffer = new byte[count];
        var read = await socket.GetStream().ReadAtLeastAsync(buffer, count, throwOnEndOfStream: false, limit.Token);
        return Encoding.ASCII.GetString(buffer, 0, read);
    }

    private static async Task UntilAsync(Func<bool> holds, string what)
    {
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        while (!holds())
        {
            Assert.True(await timer.WaitForNextTickAsync(limit.Token), what);
        }
    }

    private async Task<(TcpClient Client, TcpClient Server)> ConnectAsync()
    {
        var accepting = _listener.AcceptTcpClientAsync(Cancellation);
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _proxy.Port, Cancellation);
        return (client, await accepting.AsTask().WaitAsync(Limit, TimeProvider.System, Cancellation));
    }
}
