using Flux.Core;
using Flux.Core.Entities;
using Flux.Core.Log;

namespace Flux.Server.Subscriptions.V2;

/// <summary>Reads the log for all that catch up: those that stand near each other share one read, and the states around its changes.</summary>
internal sealed class LogPages(IEventLog log, IReadModel readModel)
{
    /// <summary>The number of positions in a page. Pages begin behind multiples of it.</summary>
    public const int Size = 256;

    // About 16 MiB of events of ordinary size, and less when they are large.
    private const int MaxPages = 64;
    private static readonly long MaxBytes = MemoryBudget.Of(32 * 1024 * 1024);

    private readonly Lock _gate = new();
    private readonly OrderedDictionary<long, Task<SharedPage>> _pages = []; // the oldest first
    private readonly PageStates _states = new(readModel);

    /// <summary>Reads what comes behind a position.</summary>
    /// <param name="after">The position.</param>
    /// <param name="head">A position up to which the log is known to reach; greater than <paramref name="after"/>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>At least one event behind the position, and perhaps some before it.</returns>
    /// <exception cref="EventLogUnavailableException">The log cannot be read now.</exception>
    public async ValueTask<SharedPage> ReadAsync(Position after, Position head, CancellationToken cancellationToken)
    {
        var number = after.Value / Size;
        if ((number + 1) * Size > head.Value)
        {
            return await ReadPageAsync(after, head, cancellationToken); // not complete yet: of no use to others
        }

        var reading = ShareAsync(number);
        if ((number + 2) * Size <= head.Value)
        {
            _ = ShareAsync(number + 1); // comes next: while one page is waited for, another is decoded
        }

        var page = await reading.WaitAsync(cancellationToken);
        return page.Last > after ? page : await ReadPageAsync(after, new Position((number + 1) * Size), cancellationToken);
    }

    private Task<SharedPage> ShareAsync(long number)
    {
        lock (_gate)
        {
            if (_pages.TryGetValue(number, out var page))
            {
                return page;
            }

            page = LoadAsync(number);
            _pages.Add(number, page);
            if (_pages.Count > MaxPages)
            {
                Forget();
            }

            return page;
        }
    }

    private async Task<SharedPage> LoadAsync(long number)
    {
        await Task.Yield(); // out of the lock
        try
        {
            // Nobody's in particular, so nobody can cancel it.
            var page = await ReadPageAsync(new Position(number * Size), new Position((number + 1) * Size), CancellationToken.None);
            lock (_gate)
            {
                var bytes = page.Bytes + _pages.Values.Where(other => other.IsCompletedSuccessfully).Sum(other => other.Result.Bytes);
                while (bytes > MaxBytes && _pages.Count > 1)
                {
                    bytes -= Forget();
                }
            }

            return page;
        }
        catch (Exception)
        {
            lock (_gate)
            {
                _pages.Remove(number); // the next one tries again
            }

            throw;
        }
    }

    private long Forget()
    {
        var page = _pages.GetAt(0).Value;
        _pages.RemoveAt(0);
        return page.IsCompletedSuccessfully ? page.Result.Bytes : 0;
    }

    private async Task<SharedPage> ReadPageAsync(Position after, Position last, CancellationToken cancellationToken)
    {
        // A page of large events ends early, which is fine: whoever reads goes on behind it.
        var count = (int)Math.Min(Size, last.Value - after.Value);
        var page = await log.ReadAsync(LogScope.All, after.Next, ReadDirection.Forward, count, cancellationToken);
        return page.Events.Count > 0
            ? new SharedPage(page.Events, _states)
            : throw new EventLogUnavailableException($"the log does not show position {after.Next} yet");
    }
}
