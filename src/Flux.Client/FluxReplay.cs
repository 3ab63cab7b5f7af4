namespace Flux.Client;

/// <summary>
/// The past of a scope, again: in its spacing, faster or slower, across all connections that it takes. Read it with <c>await foreach</c>, one reader at a
/// time. A lost connection is taken up behind the last change that came, as fast and as paused as it was.
/// </summary>
/// <remarks>
/// Its messages to the server are not awaited: the answer comes as an item, <see cref="SubscriptionItem.Replaying"/> or
/// <see cref="SubscriptionItem.Refused"/>, and what comes behind it is from after it. The sequence ends with <see cref="SubscriptionItem.Replayed"/>, unless it
/// goes live then, with <see cref="SubscriptionItem.Stopped"/>, and as other subscriptions do.
/// </remarks>
public sealed class FluxReplay : IAsyncEnumerable<SubscriptionItem>, IAsyncDisposable
{
    private readonly FluxClient _client;
    private readonly FluxSubscription _subscription;
    private readonly ReplayState _state;

    internal FluxReplay(FluxClient client, FluxSubscription subscription, ReplayState state) => (_client, _subscription, _state) = (client, subscription, state);

    /// <summary>Gets the name that it has on the wire.</summary>
    public string Name => _subscription.Name;

    /// <summary>Gets the cursor of all that the application has finished: see <see cref="FluxSubscription.Cursor"/>. Null while there is none.</summary>
    public string? Cursor => _subscription.Cursor;

    /// <summary>Stops its clock.</summary>
    public void Pause() => _client.Send(_subscription, _state.Pause(Name));

    /// <summary>Lets its clock run on.</summary>
    public void Resume() => _client.Send(_subscription, _state.Resume(Name));

    /// <summary>Makes it faster or slower.</summary>
    /// <param name="speed">How much faster than it was, 0.001 to 1,000,000; null for as fast as the application reads.</param>
    public void ChangeSpeed(double? speed) => _client.Send(_subscription, _state.ChangeSpeed(Name, speed));

    /// <summary>Goes on from another place, which may lie behind.</summary>
    /// <param name="place">The place, not behind the end.</param>
    public void Seek(ReplayPlace place)
    {
        ArgumentNullException.ThrowIfNull(place);
        _client.Send(_subscription, _state.Seek(Name, place));
    }

    /// <summary>Ends it on the server, which tells how far it came. To end it without waiting for that, dispose of it.</summary>
    public void Stop() => _client.Send(_subscription, _state.Stop(Name));

    /// <inheritdoc/>
    /// <remarks>Cancelling stops waiting; nothing is lost.</remarks>
    public IAsyncEnumerator<SubscriptionItem> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        _subscription.GetAsyncEnumerator(cancellationToken);

    /// <summary>Ends it on the server too. What had arrived can still be read.</summary>
    /// <returns>A task that is complete.</returns>
    public ValueTask DisposeAsync() => _subscription.DisposeAsync();
}
