using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Flux.Testing.Processes;

namespace Flux.Testing.Network;

/// <summary>A link that can be hurt: takes connections on a port of its own and passes them on to another port of this machine.</summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentDictionary<ProxiedConnection, Task> _connections = [];
    private readonly CancellationTokenSource _ending = new();
    private readonly Func<int, string?> _nameSource;
    private readonly Task _accepting;
    private volatile IPEndPoint _target;
    private volatile LinkRule _rule = LinkRule.Pass;
    private volatile ReplyCut? _cut;
    private long _dropped;

    private TcpProxy(int targetPort, TimeProvider time, Func<int, string?> nameSource)
    {
        (_target, Time, _nameSource) = (new IPEndPoint(IPAddress.Loopback, targetPort), time, nameSource);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Gets the port to connect to.</summary>
    public int Port { get; }

    /// <summary>Gets how many connections are open.</summary>
    public int Connections => _connections.Count;

    /// <summary>Gets how many bytes have vanished: the proof of a drop.</summary>
    public long DroppedBytes => Interlocked.Read(ref _dropped);

    internal TimeProvider Time { get; }

    internal LinkRule Rule => _rule;

    internal ReplyCut? Cut => _cut;

    /// <summary>Starts a link that lets everything through.</summary>
    public static TcpProxy Start(int targetPort, TimeProvider time) => Start(targetPort, time, _ => null);

    /// <summary>Starts a link that lets everything through and can tell its clients apart.</summary>
    /// <param name="targetPort">The port to pass connections on to.</param>
    /// <param name="time">The clock of delays.</param>
    /// <param name="nameSource">Names the client of a connection by the port that it comes from.</param>
    public static TcpProxy Start(int targetPort, TimeProvider time, Func<int, string?> nameSource) => new(targetPort, time, nameSource);

    /// <summary>Heals the link. Connections that lost bytes are reset: they can never go on.</summary>
    public void Pass()
    {
        _rule = LinkRule.Pass;
        foreach (var connection in _connections.Keys.Where(c => c.HasLost))
        {
            connection.Reset();
        }
    }

    /// <summary>Passes new connections on to another port from now on, as an address does that moves to another machine.</summary>
    /// <param name="port">The port.</param>
    public void PassTo(int port) => _target = new IPEndPoint(IPAddress.Loopback, port);

    /// <summary>Holds every byte back for a time, give or take a jitter; order is kept.</summary>
    public void Delay(TimeSpan delay, TimeSpan jitter) => Hurt(new LinkRule { Delay = delay, Jitter = jitter });

    /// <summary>Lets only so many bytes a second through, in each direction of each connection.</summary>
    public void Throttle(int bytesPerSecond) => Hurt(new LinkRule { BytesPerSecond = bytesPerSecond });

    /// <summary>Makes all bytes vanish while connections stay open, and new ones can still be made: half-open, both ways.</summary>
    /// <param name="onlyFrom">The client whose connections are meant; null for all.</param>
    public void Drop(string? onlyFrom = null) => Hurt(new LinkRule { Drops = true, DropsOnlyFrom = onlyFrom });

    /// <summary>Makes what one end sends vanish, while the other way passes.</summary>
    /// <param name="of">The end whose bytes vanish.</param>
    /// <param name="onlyFrom">The client whose connections are meant; null for all.</param>
    public void DropOneWay(LinkEnd of, string? onlyFrom = null) => Hurt(new LinkRule { Drops = true, DropsOnlyFrom = onlyFrom, DropsOnlyOf = of });

    /// <summary>Resets all connections that are open now. New ones pass.</summary>
    /// <returns>How many there were.</returns>
    public int Reset()
    {
        var open = FaultDriver.IsIdle && !_ending.IsCancellationRequested ? [] : _connections.Keys.ToArray();
        foreach (var connection in open)
        {
            connection.Reset();
        }

        return open.Length;
    }

    /// <summary>
    /// Once, on the first connection whose client sends the one pattern: lets nothing of the server through from there on, and resets the connection
    /// when the server has answered with the other pattern.
    /// </summary>
    /// <returns>A task that ends when the connection was cut.</returns>
    public Task CutReplyAsync(ReadOnlySpan<byte> request, ReadOnlySpan<byte> reply)
    {
        var cut = new ReplyCut(request.ToArray(), reply.ToArray());
        _cut = FaultDriver.IsIdle ? null : cut;
        return cut.Done.Task;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Dispose();
        await _accepting;
        Reset();
        await Task.WhenAll(_connections.Values);
        _ending.Dispose();
    }

    internal void CountDropped(int bytes) => Interlocked.Add(ref _dropped, bytes);

    internal void Finish(ReplyCut cut) => Interlocked.CompareExchange(ref _cut, null, cut);

    private void Hurt(LinkRule rule) => _rule = FaultDriver.IsIdle ? LinkRule.Pass : rule;

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync(_ending.Token);
                client.NoDelay = true;
                var connection = new ProxiedConnection(client, this, _nameSource(((IPEndPoint)client.RemoteEndPoint!).Port));
                var running = new Task<Task>(() => RunAsync(connection), CancellationToken.None);
                _connections[connection] = running.Unwrap(); // before it runs, so that it cannot leave the list before it is in it
                running.Start(TaskScheduler.Default);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The proxy ends.
        }
    }

    private async Task RunAsync(ProxiedConnection connection)
    {
        await connection.RunAsync(_target);
        _connections.TryRemove(connection, out _);
    }
}
