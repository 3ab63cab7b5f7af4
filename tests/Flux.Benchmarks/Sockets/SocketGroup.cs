namespace Flux.Benchmarks.Sockets;

/// <summary>Many sockets at one server.</summary>
internal sealed class SocketGroup : IDisposable
{
    private readonly int _port;
    private readonly SocketPlan _plan;
    private readonly List<FrameSocket> _sockets = [];

    private SocketGroup(int port, SocketPlan plan) => (_port, _plan) = (port, plan);

    public int Count => _sockets.Count;

    /// <summary>Gets the updates that arrived at all sockets together.</summary>
    public long Updates => _sockets.Sum(socket => socket.Updates);

    public long Bytes => _sockets.Sum(socket => socket.Bytes);

    /// <summary>Gets why sockets ended, one text per reason.</summary>
    public IReadOnlyList<string> Ended =>
        [.. _sockets.Where(socket => socket.Ended is not null).GroupBy(socket => socket.Ended).Select(group => $"{group.Count()} sockets {group.Key}")];

    /// <summary>Opens sockets, some at a time.</summary>
    public static async Task<SocketGroup> OpenAsync(int port, SocketPlan plan, CancellationToken cancellationToken)
    {
        const int AtOnce = 50;
        var group = new SocketGroup(port, plan);
        try
        {
            while (group.Count < plan.Count)
            {
                var first = group.Count;
                group._sockets.AddRange(await Task.WhenAll(
                    Enumerable.Range(first, Math.Min(AtOnce, plan.Count - first)).Select(number => FrameSocket.OpenAsync(port, plan, number, cancellationToken))));

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

    /// <summary>Opens sockets, and waits until the server knows every subscription: see <see cref="WaitUntilAllHearAsync"/>.</summary>
    public static async Task<SocketGroup> OpenHeardAsync(int port, SocketPlan plan, int publishPort, TimeProvider clock, CancellationToken cancellationToken)
    {
        var group = await OpenAsync(port, plan, cancellationToken);
        try
        {
            await group.WaitUntilAllHearAsync(publishPort, clock, cancellationToken);
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

    /// <summary>Waits until the server knows every socket's subscription.</summary>
    /// <param name="publishPort">Where it may publish to find out.</param>
    /// <param name="clock">Says how long it has waited.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="BenchmarkException">Some socket stays silent.</exception>
    public Task WaitUntilAllHearAsync(int publishPort, TimeProvider clock, CancellationToken cancellationToken) =>
        _plan.Protocol == SubscriptionProtocol.Classic
            ? PublishUntilAllHearAsync(publishPort, clock, cancellationToken)
            : WaitAsync(socket => socket.IsSubscribed, () => Task.CompletedTask, clock, cancellationToken);

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

    // A classic subscription is not acknowledged, so only a push shows that the server knows a socket.
    private async Task PublishUntilAllHearAsync(int publishPort, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var http = await HttpConnection.OpenAsync(publishPort, cancellationToken);
        var request = EventRequest.Create(publishPort, EventShape.OneProperty, events: 1, batch: false, token: null, clock);
        await WaitAsync(socket => socket.Updates > 0, PublishAsync, clock, cancellationToken);
        await WaitUntilQuietAsync(clock, cancellationToken);

        async Task PublishAsync()
        {
            request.SetValue(0, Stamp.Now());
            var status = await http.ExchangeAsync(request.Bytes, cancellationToken);
            if (status != 200)
            {
                throw new BenchmarkException($"An event that sockets should hear was answered with {status}.");
            }
        }
    }

    private async Task WaitAsync(Predicate<FrameSocket> hears, Func<Task> tryAsync, TimeProvider clock, CancellationToken cancellationToken)
    {
        var limit = TimeSpan.FromSeconds(30);
        var start = clock.GetTimestamp();
        while (_sockets.Exists(socket => !hears(socket)))
        {
            if (clock.GetElapsedTime(start) > limit || Ended.Count > 0)
            {
                throw new BenchmarkException($"{_sockets.Count(socket => !hears(socket))} of {Count} sockets at {_port} hear nothing. {string.Join("; ", Ended)}");
            }

            await tryAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(50), clock, cancellationToken);
        }
    }
}
