namespace Flux.Core.Log;

/// <summary>The one writer of this silo: it gathers what is waiting into one commit, and starts the next when that is on disk.</summary>
public interface ILogWriter
{
    /// <summary>Queues an event. The queue keeps the order of the calls.</summary>
    /// <param name="item">The event with what its entity decided.</param>
    /// <param name="run">The run it belongs to; null for an event without an entity.</param>
    /// <returns>
    /// What became of it, once that is known. It fails with <see cref="EventLogUnavailableException"/> (nothing was written) or
    /// <see cref="AppendOutcomeUnknownException"/>.
    /// </returns>
    /// <exception cref="EventLogUnavailableException">Thrown at once, and nothing is queued: the queue is full, or the log takes nothing now.</exception>
    Task<AppendResult> AppendAsync(EventToAppend item, AppendRun? run);
}
