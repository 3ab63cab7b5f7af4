using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Flux.Testing.Network;

/// <summary>One connection through a proxy: two pumps, each with a bounded queue of pieces and the time at which each is due.</summary>
[SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "It jitters delays.")]
internal sealed class ProxiedConnection(Socket client, TcpProxy proxy, string? source) : IDisposable
{
    private const int PieceSize = 16 * 1024;
    private const int QueuedPieces = 32;

    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly CancellationTokenSource _ending = new();
    private volatile ReplyCut? _cut;
    private ReplyCut? _searched; // by the pump of the client alone: the order whose request it looks for
    private volatile bool _hasLost;
    private int _ended;

    /// <summary>Whether bytes of it have vanished, so that it can never go on.</summary>
    public bool HasLost => _hasLost;

    public async Task RunAsync(EndPoint target)
    {
        try
        {
            if (proxy.Rule is { DropsOnlyOf: null } rule && rule.DropsFrom(source))
            {
                _hasLost = true;
                await SwallowAsync();
                return;
            }

            await _server.ConnectAsync(target, _ending.Token);
            await Task.WhenAll(PumpAsync(client, _server, fromClient: true), PumpAsync(_server, client, fromClient: false));
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException or ObjectDisposedException or ChannelClosedException)
        {
            Reset(); // one side is gone or refused: the other learns it the same way
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>Ends it with a reset on both sides.</summary>
    public void Reset()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            client.LingerState = new LingerOption(enable: true, seconds: 0);
            _server.LingerState = new LingerOption(enable: true, seconds: 0);

            // First, because closing a socket that somebody waits on ends that wait like an end of the connection, which the pump would pass on.
            _ending.Cancel();
            client.Dispose();
            _server.Dispose();
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            client.Dispose();
            _server.Dispose();
            _ending.Cancel();
        }
    }

    // Accepted while everything is dropped: the other side is never told.
    private async Task SwallowAsync()
    {
        var buffer = new byte[PieceSize];
        while (true)
        {
            var read = await client.ReceiveAsync(buffer, _ending.Token);
            proxy.CountDropped(read);
            if (read == 0)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, proxy.Time, _ending.Token);
            }
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool fromClient)
    {
        var queue = Channel.CreateBounded<(byte[] Buffer, int Length, long Due)>(
            new BoundedChannelOptions(QueuedPieces) { SingleReader = true, SingleWriter = true });
        var writing = WriteAsync(queue.Reader, to);
        try
        {
            await ReadAsync(from, queue.Writer, fromClient);
            queue.Writer.Complete();
            await writing;
        }
        catch
        {
            Reset(); // also ends the other pump, which this one's task waits with
            queue.Writer.TryComplete();
            await writing.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw;
        }
    }

    private async Task ReadAsync(Socket from, ChannelWriter<(byte[] Buffer, int Length, long Due)> queue, bool fromClient)
    {
        PatternSearch? search = null;
        var lastDue = 0L;
        while (true)
        {
            var buffer = ArrayPool<byte>.Shared.Rent(PieceSize);
            var read = await from.ReceiveAsync(buffer.AsMemory(0, PieceSize), _ending.Token);
            var rule = proxy.Rule;
            if (rule.DropsFrom(source, fromClient ? LinkEnd.Client : LinkEnd.Server))
            {
                _hasLost = true;
                proxy.CountDropped(read);
                if (read == 0)
                {
                    // Not even the end of the connection gets through.
                    await Task.Delay(Timeout.InfiniteTimeSpan, proxy.Time, _ending.Token);
                }

                continue;
            }

            if (read == 0)
            {
                return;
            }

            if (fromClient ? IsRequest(ref search, buffer.AsSpan(0, read)) : IsReply(ref search, buffer.AsSpan(0, read)))
            {
                continue;
            }

            lastDue = Math.Max(lastDue, DueTime(rule));
            await queue.WriteAsync((buffer, read, lastDue), _ending.Token);
        }
    }

    // Marks the connection when the client has sent what a cut waits for. Never holds a piece back.
    private bool IsRequest(ref PatternSearch? search, ReadOnlySpan<byte> piece)
    {
        if (proxy.Cut is not { } cut || _cut is not null)
        {
            return false;
        }

        if (cut != _searched)
        {
            (_searched, search) = (cut, new PatternSearch(cut.Request));
        }

        if (search!.Feed(piece) && cut.TryTake())
        {
            _cut = cut;
        }

        return false;
    }

    // Holds all pieces back from the request on, and cuts when the reply has come.
    private bool IsReply(ref PatternSearch? search, ReadOnlySpan<byte> piece)
    {
        if (_cut is not { } cut)
        {
            return false;
        }

        if ((search ??= new PatternSearch(cut.Reply)).Feed(piece))
        {
            proxy.Finish(cut);
            Reset();
            cut.Done.TrySetResult();
            _ending.Token.ThrowIfCancellationRequested();
        }

        return true;
    }

    private long DueTime(LinkRule rule)
    {
        var delay = rule.Delay + (((Random.Shared.NextDouble() * 2) - 1) * rule.Jitter);
        return delay <= TimeSpan.Zero ? 0 : proxy.Time.GetTimestamp() + (long)(delay.TotalSeconds * proxy.Time.TimestampFrequency);
    }

    private async Task WriteAsync(ChannelReader<(byte[] Buffer, int Length, long Due)> queue, Socket to)
    {
        await foreach (var (buffer, length, due) in queue.ReadAllAsync(_ending.Token))
        {
            if (due > 0 && proxy.Time.GetElapsedTime(proxy.Time.GetTimestamp(), due) is var wait && wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, proxy.Time, _ending.Token);
            }

            for (var sent = 0; sent < length;)
            {
                // In small steps under a throttle, so that it is a trickle and no pulse.
                var rate = proxy.Rule.BytesPerSecond;
                var step = rate is { } limit ? Math.Min(length - sent, Math.Max(limit / 20, 1)) : length - sent;
                sent += await to.SendAsync(buffer.AsMemory(sent, step), _ending.Token);
                if (rate is { } bytes)
                {
                    await Task.Delay(TimeSpan.FromSeconds((double)step / bytes), proxy.Time, _ending.Token);
                }
            }

            ArrayPool<byte>.Shared.Return(buffer);
        }

        _ending.Token.ThrowIfCancellationRequested();
        to.Shutdown(SocketShutdown.Send);
    }
}
