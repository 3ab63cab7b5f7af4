namespace Flux.Server.Limits;

/// <summary>What this silo knows of the number of entities in one namespace. Any thread.</summary>
internal sealed class EntityTally
{
    private readonly Lock _gate = new();
    private long? _counted; // guarded by _gate, as all below
    private long _asOf;
    private long _letIn;    // events that may have made an entity which is not counted
    private long _inFlight; // those of them whose outcome is not known
    private long _letInWhileCounting;

    /// <summary>Gets the turn to count: one at a time.</summary>
    public SemaphoreSlim Counting { get; } = new(1);

    /// <summary>Says whether the namespace was full when its entities were counted.</summary>
    /// <param name="most">The most that may exist.</param>
    public bool WasFull(long most)
    {
        lock (_gate)
        {
            return _counted >= most;
        }
    }

    /// <summary>Says whether it is time to count: never done, or too long ago.</summary>
    public bool IsOlderThan(TimeSpan age, TimeProvider time)
    {
        lock (_gate)
        {
            return _counted is null || time.GetElapsedTime(_asOf) >= age;
        }
    }

    /// <summary>Lets an event in, if there is room even when each one let in since the count has made an entity.</summary>
    public bool TryLetIn(long most)
    {
        lock (_gate)
        {
            if (_counted is not { } counted || counted + _letIn >= most)
            {
                return false;
            }

            _letIn++;
            _inFlight++;
            _letInWhileCounting++;
            return true;
        }
    }

    /// <summary>Takes note that the outcome of an event that was let in is known.</summary>
    public void OnOutcome()
    {
        lock (_gate)
        {
            _inFlight--;
        }
    }

    /// <summary>Begins a count.</summary>
    /// <returns>The events in flight, which the count may miss.</returns>
    public long BeginCount()
    {
        lock (_gate)
        {
            _letInWhileCounting = 0;
            return _inFlight;
        }
    }

    /// <summary>Ends a count.</summary>
    /// <param name="count">The entities.</param>
    /// <param name="missed">What <see cref="BeginCount"/> gave.</param>
    /// <param name="asOf">When it began, a timestamp.</param>
    public void EndCount(long count, long missed, long asOf)
    {
        lock (_gate)
        {
            (_counted, _asOf, _letIn) = (count, asOf, missed + _letInWhileCounting);
        }
    }
}
