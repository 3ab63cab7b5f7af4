namespace Flux.Server.Limits;

/// <summary>The count of one namespace's events on this silo. Any thread.</summary>
internal interface IEventRate
{
    /// <summary>Gets how many events were within the rate since this count began.</summary>
    long Counted { get; }

    /// <summary>Counts one event.</summary>
    /// <param name="eventsPerMinute">The limit as of now; a change acts on this event already.</param>
    ValueTask<RateVerdict> TakeAsync(int eventsPerMinute);

    /// <summary>Takes the count out of service, if forgetting it makes no difference: its bucket is full.</summary>
    /// <returns>True when it is out of service.</returns>
    bool TryRetire();
}
