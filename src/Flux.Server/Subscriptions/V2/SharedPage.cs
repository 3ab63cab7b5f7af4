using Flux.Core.Log;
using Flux.Core.Subscriptions;

namespace Flux.Server.Subscriptions.V2;

/// <summary>A stretch of the log without gaps, shared by all who read it.</summary>
internal sealed class SharedPage(IReadOnlyList<RecordedEvent> events, PageStates states)
{
    // A scope of more ids and prefixes than this costs less when it looks at every change.
    private const int MaxLookups = 64;

    private readonly Lock _gate = new();
    private readonly Lazy<PagePlaces> _places = new(() => new PagePlaces(events));
    private Task<JudgedChange[]>? _complete;

    /// <summary>Gets the events, for those without a predicate; at least one.</summary>
    public JudgedChange[] Changes { get; } = [.. events.Select(recorded => new JudgedChange(recorded))];

    /// <summary>Gets the position of the first event.</summary>
    public Position First => events[0].Position;

    /// <summary>Gets the position of the last event.</summary>
    public Position Last => events[^1].Position;

    /// <summary>Gets about how much memory it holds.</summary>
    public long Bytes { get; } = events.Sum(recorded => recorded.Data.Payload.Json.Length + 500L);

    /// <summary>Completes the events with the states around them. It is done once for all who ask.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="EventLogUnavailableException">A state cannot be read now.</exception>
    public Task<JudgedChange[]> CompleteAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_complete is null || _complete.IsFaulted)
            {
                _complete = CompleteOnceAsync();
            }

            return _complete.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Picks the changes that may be in a scope, so that who follows little does not look at each. Whether they are in it is for the caller to say.</summary>
    /// <param name="scope">The scope.</param>
    /// <param name="changes">The changes of this page, complete or not.</param>
    /// <returns>Some or all of them, in their order.</returns>
    public IReadOnlyList<JudgedChange> Pick(Scope scope, JudgedChange[] changes) =>
        scope.Count <= MaxLookups && _places.Value.Find(scope) is { } places ? [.. places.Select(place => changes[place])] : changes;

    private async Task<JudgedChange[]> CompleteOnceAsync()
    {
        // Nobody's in particular, so nobody can cancel it.
        var known = states.Take(First);
        var changes = await known.CompleteAsync(events, static _ => true, CancellationToken.None);
        states.Keep(Last.Next, known);
        return changes;
    }
}
