using System.Net.Sockets;

namespace Flux.Benchmarks.Sockets;

/// <summary>Many clients that come back together.</summary>
internal sealed class ResumingGroup : IDisposable
{
    // One in so many follows the whole namespace of its entity.
    private const int NamespaceEvery = 20;
    private const int AtOnce = 50;

    // Clients add jitter to their first attempt, and wait a little between others.
    private static readonly TimeSpan Jitter = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MaxPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly int _port;
    private readonly TimeProvider _clock;
    private readonly ResumingSocket[] _sockets;
    private long _attempts;

    private ResumingGroup(int port, int count, TimeProvider clock)
    {
        (_port, _clock) = (port, clock);
        _sockets = [.. Enumerable.Range(0, count).Select(number => number % NamespaceEvery == 0
            ? new ResumingSocket(number, firstEntity: number / EventText.NamespaceSize * EventText.NamespaceSize, EventText.NamespaceSize)
            : new ResumingSocket(number, firstEntity: number, entities: 1))];
    }

    public long Changes => _sockets.Sum(socket => socket.Changes);

    public long Missing => _sockets.Sum(socket => socket.Missing);

    public long Repeated => _sockets.Sum(socket => socket.Repeated);

    /// <summary>Gets the attempts to connect that failed since all last began to connect again.</summary>
    public long FailedAttempts => Volatile.Read(ref _attempts);

    /// <summary>Gets what went wrong, one text per reason.</summary>
    public IReadOnlyList<string> Failures =>
        [.. _sockets.Where(socket => socket.Failure is not null).GroupBy(socket => socket.Failure).Take(5).Select(group => $"{group.Count()} sockets: {group.Key}")];

    /// <summary>Opens sockets, one for each entity, and waits until the server knows all of them.</summary>
    public static async Task<ResumingGroup> OpenAsync(int port, int count, TimeProvider clock, CancellationToken cancellationToken)
    {
        var group = new ResumingGroup(port, count, clock);
        try
        {
            foreach (var some in group._sockets.Chunk(AtOnce))
            {
                await Task.WhenAll(await Task.WhenAll(some.Select(socket => socket.ConnectAsync(port, cancellationToken))));

                // The last answer's continuation may run on the sockets' own thread.
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

    /// <summary>Says that the server is about to go away, and all connections with it.</summary>
    public void ExpectLoss()
    {
        foreach (var socket in _sockets)
        {
            socket.ExpectLoss();
        }
    }

    /// <summary>Cuts all connections.</summary>
    public void Cut()
    {
        foreach (var socket in _sockets)
        {
            socket.Cut();
        }
    }

    /// <summary>Lets all connect again, each at a moment of its own within two seconds, and go on where they were.</summary>
    /// <param name="since">The moment (of <see cref="Stopwatch"/>) from which their times count.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>How long each took until it was told that it has everything.</returns>
    /// <exception cref="BenchmarkException">Some could not in three minutes.</exception>
    public async Task<LatencyRecorder> ResumeAsync(long since, CancellationToken cancellationToken)
    {
        Volatile.Write(ref _attempts, 0);
        using var timeout = new CancellationTokenSource(Limit, _clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var moments = _sockets.Select(socket => ResumeOneAsync(socket, limit.Token)).ToArray();
        try
        {
            await Task.WhenAll(moments);
        }
        catch (Exception e) when (e is OperationCanceledException or BenchmarkException && !cancellationToken.IsCancellationRequested)
        {
            throw new BenchmarkException(
                $"{moments.Count(moment => !moment.IsCompletedSuccessfully)} of {moments.Length} sockets did not come back. {string.Join("; ", Failures)}");
        }

        // The last one's continuation may run on the sockets' own thread.
        await Task.Yield();
        var times = new LatencyRecorder();
        foreach (var moment in moments)
        {
            times.Record(Stopwatch.GetElapsedTime(since, await moment));
        }

        return times;
    }

    /// <summary>Waits until every socket has the last version of each of its entities; gives up when nothing has come for 10 s.</summary>
    /// <returns>How many have not.</returns>
    public async Task<int> WaitForLastVersionsAsync(long[] lastVersions, CancellationToken cancellationToken)
    {
        var patience = TimeSpan.FromSeconds(10);
        var (seen, since) = (Changes, _clock.GetTimestamp());
        while (_sockets.Any(socket => !socket.HasAll(lastVersions)) && _clock.GetElapsedTime(since) < patience)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), _clock, cancellationToken);
            if (Changes != seen)
            {
                (seen, since) = (Changes, _clock.GetTimestamp());
            }
        }

        return _sockets.Count(socket => !socket.HasAll(lastVersions));
    }

    public void Dispose() => Cut();

    private async Task<long> ResumeOneAsync(ResumingSocket socket, CancellationToken cancellationToken)
    {
        await Task.Delay(Jitter * Random.Shared.NextDouble(), _clock, cancellationToken);
        while (true)
        {
            try
            {
                return await (await socket.ConnectAsync(_port, cancellationToken)).WaitAsync(cancellationToken);
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                // Not there yet, or not any more: counted, and tried again.
                Interlocked.Increment(ref _attempts);
                await Task.Delay(MaxPause * Random.Shared.NextDouble(), _clock, cancellationToken);
            }
        }
    }
}
