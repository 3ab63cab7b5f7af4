namespace Flux.EventLog.Projection;

/// <summary>Who waits for which position. Safe for many threads.</summary>
internal sealed class ProjectionWaiters
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<TaskCompletionSource, long> _waiting = new();
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

            var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(waiter, position);
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
            while (_waiting.TryPeek(out var waiter, out var wanted) && wanted <= position)
            {
                _waiting.Dequeue();
                waiter.TrySetResult();
            }
        }
    }

    public void Fail(Exception failure)
    {
        lock (_gate)
        {
            _failure = failure;
            while (_waiting.TryDequeue(out var waiter, out _))
            {
                waiter.TrySetException(failure);
            }
        }
    }
}
