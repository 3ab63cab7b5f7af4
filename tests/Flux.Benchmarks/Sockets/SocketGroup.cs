using System.Net;

namespace Flux.Benchmarks.Sockets;

/// <summary>Many sockets at one server.</summary>
internal sealed class SocketGroup : IDisposable
{
    // Each source address has about 28,000 ports.
    private const int SocketsPerAddress = 5000;

    private readonly List<FrameSocket> _sockets = [];

    public int Count => _sockets.Count;

    /// <summary>Gets the updates that arrived at all sockets together.</summary>
    public long Updates => _sockets.Sum(socket => socket.Updates);

    public long Bytes => _sockets.Sum(socket => socket.Bytes);

    /// <summary>Gets why sockets ended, one text per reason.</summary>
    public IReadOnlyList<string> Ended =>
        [.. _sockets.Where(socket => socket.Ended is not null).GroupBy(socket => socket.Ended).Select(group => $"{group.Count()} sockets {group.Key}")];

    /// <summary>Opens sockets; one in <paramref name="measuredEvery"/> takes latencies, none with 0.</summary>
    public static async Task<SocketGroup> OpenAsync(
        int port, int count, int bufferSize, int measuredEvery, bool subscribe, CancellationToken cancellationToken)
    {
        const int AtOnce = 50;
        var group = new SocketGroup();
        try
        {
            while (group.Count < count)
            {
                var first = group.Count;
                group._sockets.AddRange(await Task.WhenAll(Enumerable.Range(first, Math.Min(AtOnce, count - first)).Select(number =>
                    FrameSocket.OpenAsync(
                        port,
                        new IPAddress([127, 0, 0, (byte)(1 + (number / SocketsPerAddress))]),
                        bufferSize,
                        measuresLatency: measuredEvery > 0 && number % measuredEvery == 0,
                        subscribe,
                        cancellationToken))));

                // The last answer's continuation runs on the sockets' own thread.
                await Task.Yield();
            }

            return group;
        }
        catch
        {
            group.Dispose();
            throw;
        }
    }

    public void MeasureFrom(long stamp) => _sockets.ForEach(socket => socket.MeasureFrom(stamp));

    public LatencyRecorder Latencies()
    {
        var all = new LatencyRecorder();
        _sockets.ForEach(socket => socket.CollectLatencies(all));
        return all;
    }

    /// <summary>Publishes until every socket has heard something, then until all that was published has arrived.</summary>
    /// <remarks>A subscription is not acknowledged, so only a push shows that the server knows a socket.</remarks>
    /// <exception cref="BenchmarkException">Some socket stays silent.</exception>
    public async Task WaitUntilAllHearAsync(int port, TimeProvider clock, CancellationToken cancellationToken)
    {
        var limit = TimeSpan.FromSeconds(30);
        var start = clock.GetTimestamp();
        using var http = await HttpConnection.OpenAsync(port, cancellationToken);
        var request = EventRequest.Create(port, EventShape.OneProperty, events: 1, batch: false, token: null, clock);
        while (_sockets.Exists(socket => socket.Updates == 0))
        {
            if (clock.GetElapsedTime(start) > limit)
            {
                throw new BenchmarkException(
                    $"{_sockets.Count(socket => socket.Updates == 0)} of {Count} sockets hear nothing. {string.Join("; ", Ended)}");
            }

            request.SetValue(0, Stamp.Now());
            var status = await http.ExchangeAsync(request.Bytes, cancellationToken);
            if (status != 200)
            {
                throw new BenchmarkException($"An event that sockets should hear was answered with {status}.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), clock, cancellationToken);
        }

        await WaitUntilQuietAsync(clock, cancellationToken);
    }

    /// <summary>Waits until no update has arrived for half a second.</summary>
    public async Task WaitUntilQuietAsync(TimeProvider clock, CancellationToken cancellationToken)
    {
        long last;
        do
        {
            last = Updates;
            await Task.Delay(TimeSpan.FromMilliseconds(500), clock, cancellationToken);
        }
        while (Updates != last);
    }

    /// <summary>Waits for updates that are on their way; gives up when none has come for 5 s.</summary>
    public async Task WaitForAsync(long updates, TimeProvider clock, CancellationToken cancellationToken)
    {
        var limit = TimeSpan.FromSeconds(5);
        var seen = Updates;
        var since = clock.GetTimestamp();
        while (Updates < updates && clock.GetElapsedTime(since) < limit)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), clock, cancellationToken);
            if (Updates != seen)
            {
                (seen, since) = (Updates, clock.GetTimestamp());
            }
        }
    }

    public void Dispose() => _sockets.ForEach(socket => socket.Dispose());
}
