using Flux.Core.Log;

namespace Flux.Server.Subscriptions.V2;

/// <summary>Reads the log for one subscription: by pages that are shared with others, or by the store's index when its scope is narrow and the way is long.</summary>
internal sealed class LogWalk(Subscription subscription, FollowerTools tools)
{
    // Farther behind than this, the log is read by namespace when the scope allows it; nearer, pages are shared with others.
    private const long FarBehind = 50_000;

    // The same for one entity, whose events the log finds by themselves. When thousands come back at once, each would else walk through all that is
    // written meanwhile: 4,000 sockets needed 166 s beside 2,000 events/s.
    private const long FarBehindOfEntity = 1024;

    // Few enough that a turn stays short when the pages have to be read first.
    private const int PagesAtOnce = 16;

    private const int ScopedPageSize = 1000;
    private const long StateBytes = 4 * 1024 * 1024;

    private EntityStates? _states;

    private CancellationToken Closed => subscription.Connection.Closed;

    /// <summary>Reads what comes behind a position, however often the log has to be asked.</summary>
    /// <param name="at">The position.</param>
    /// <param name="limit">The last position of interest; greater than <paramref name="at"/>, and one that the live path has passed.</param>
    /// <returns>Changes that may be for the subscription, perhaps none, and up to where they are all. Some may stand before or behind what was asked for.</returns>
    /// <exception cref="IOException">The subscription has ended.</exception>
    public Task<(IReadOnlyList<JudgedChange> Changes, Position Reached)> ReadAsync(Position at, Position limit) =>
        tools.PersistAsync(() => TryReadAsync(at, limit), Closed);

    /// <summary>Says what a change is to the subscription, by the rights of this moment.</summary>
    /// <param name="change">The change.</param>
    /// <param name="at">The position behind which changes count.</param>
    /// <param name="limit">The last one that counts.</param>
    /// <returns>What it is; never <see cref="ChangeKind.TooCostly"/>.</returns>
    /// <exception cref="PredicateTooCostlyException">The predicate did not come to an end within its budget.</exception>
    public ChangeKind Judge(JudgedChange change, Position at, Position limit)
    {
        var recorded = change.Recorded;
        if (recorded.Position <= at || recorded.Position > limit || !Subscription.IsPushed(recorded)
            || recorded.Data.Payload.EntityId is not { } id || !subscription.Scope.Includes(id) || !subscription.MayRead(id))
        {
            return ChangeKind.None;
        }

        var kind = subscription.Judge(change);
        return kind != ChangeKind.TooCostly ? kind : throw new PredicateTooCostlyException(new Position(recorded.Position.Value - 1));
    }

    /// <summary>Waits for a turn to read. Nothing may be sent for long while all is filtered out, so the end of the subscription is looked for here.</summary>
    /// <exception cref="IOException">The subscription has ended.</exception>
    public ValueTask<FollowerTools.Turn> TakeTurnAsync() =>
        subscription.IsEnded ? throw new IOException("The subscription has ended") : tools.TakeTurnAsync(Closed);

    private async Task<(IReadOnlyList<JudgedChange> Changes, Position Reached)> TryReadAsync(Position at, Position limit)
    {
        using var turn = await TakeTurnAsync();
        var scope = ScopeFor(limit.Value - at.Value);
        if (scope == LogScope.All)
        {
            return await ReadPagesAsync(at, limit);
        }

        var page = await tools.Log.ReadAsync(scope, at.Next, ReadDirection.Forward, ScopedPageSize, Closed);
        if (page.Next <= at.Next)
        {
            throw new EventLogUnavailableException($"the log does not show position {at.Next} yet");
        }

        IReadOnlyList<JudgedChange> own = subscription.Where is null
            ? [.. page.Events.Select(recorded => new JudgedChange(recorded))]
            : await (_states ??= new EntityStates(tools.ReadModel, StateBytes)).CompleteAsync(page.Events, subscription.Scope.Includes, Closed);
        return (own, Least(new Position(page.Next.Value - 1), limit));
    }

    // Pages without anything in scope are passed in one turn.
    private async Task<(IReadOnlyList<JudgedChange> Changes, Position Reached)> ReadPagesAsync(Position at, Position limit)
    {
        for (var pages = 1; ; pages++)
        {
            var shared = await tools.Pages.ReadAsync(at, limit, Closed);
            var changes = shared.Pick(subscription.Scope, subscription.Where is null ? shared.Changes : await shared.CompleteAsync(Closed));
            at = Least(shared.Last, limit);
            if (changes.Count > 0 || at == limit || pages == PagesAtOnce)
            {
                return (changes, at);
            }
        }
    }

    private LogScope ScopeFor(long behind)
    {
        var scope = behind > FarBehindOfEntity ? subscription.Scope.ToLogScope() : LogScope.All;
        return scope is LogScope.OfEntity || behind > FarBehind ? scope : LogScope.All;
    }

    private static Position Least(Position one, Position other) => one < other ? one : other;
}
