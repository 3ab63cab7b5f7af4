namespace Flux.Core.Log;

/// <summary>Hears of every commit of every silo, in the order of positions and without a gap, before the sockets do.</summary>
public interface IFeedListener
{
    /// <summary>Takes the next events. It is called on the feed's path: take note and return; never throw.</summary>
    /// <param name="events">At least one event. After the connection grain was activated anew, some may come again.</param>
    void OnFeed(IReadOnlyList<RecordedEvent> events);
}
