namespace Flux.EventLog.Projection;

/// <summary>Who waits for which position. Safe for many threads.</summary>
internal sealed class ProjectionWaiters
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, TaskCompletionSource> _waiting = []; // one for each position, however many wait for it
    private TaskCompletionSource? _first;
    private Exception? _failure;

    public bool AreThere
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count > 0;
            }
        }
    }

    public Task Add(long position)
    {
        lock (_gate)
        {
            if (_failure is not null)
            {
                return Task.FromException(_failure);
            }

            if (!_waiting.TryGetValue(position, out var waiter))
            {
                _waiting.Add(position, waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            }

            _first?.TrySetResult();
            return waiter.Task;
        }
    }

    /// <summary>Waits until somebody waits, or the time is up.</summary>
    public async Task WaitForFirstAsync(TimeSpan timeout, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        Task first;
        lock (_gate)
        {
            if (_waiting.Count > 0)
            {
                return;
            }

            _first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            first = _first.Task;
        }

        await first.WaitAsync(timeout, timeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    public void Release(long position)
    {
        lock (_gate)
        {
            while (_waiting.Count > 0 && _waiting.First() is var (wanted, waiter) && wanted <= position)
            {
                _waiting.Remove(wanted);
                waiter.SetResult();
            }
        }
    }

    public void Fail(Exception failure)
    {
        lock (_gate)
        {
            _failure = failure;
            foreach (var waiter in _waiting.Values)
            {
                waiter.SetException(failure);
            }

            _waiting.Clear();
        }
    }
}
