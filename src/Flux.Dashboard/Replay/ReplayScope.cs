using Flux.Client;
using Flux.Dashboard.Api;

namespace Flux.Dashboard.Replay;

/// <summary>What of the world a replay shows.</summary>
/// <param name="Entity">The one entity; null or empty for more than one.</param>
/// <param name="Prefix">What ids begin with; null or empty for all.</param>
/// <param name="Where">A condition; null or empty for none.</param>
internal sealed record ReplayScope(string? Entity, string? Prefix, string? Where)
{
    private const int PageSize = 200;

    private bool IsOne => !string.IsNullOrEmpty(Entity);

    /// <summary>Says whether it has an entity.</summary>
    /// <param name="id">The entity's id.</param>
    public bool Has(string id) => !IsOne || id == Entity;

    /// <summary>Finds out when it begins.</summary>
    /// <param name="session">Who asks.</param>
    /// <param name="cancellationToken">Stops looking.</param>
    /// <returns>When its first event was recorded; null when there is none.</returns>
    /// <exception cref="FluxException">The server refused.</exception>
    public async Task<DateTimeOffset?> FindFirstAsync(Session session, CancellationToken cancellationToken)
    {
        await using var replay = await session.ReplayAsync(ToRequest(ReplayPlace.Start, to: null, speed: null));
        await foreach (var item in replay.WithCancellation(cancellationToken))
        {
            if (item is SubscriptionItem.Event recorded && Has(recorded.EntityId))
            {
                return recorded.Timestamp;
            }
        }

        return null;
    }

    /// <summary>Gives the target of the first page of its entities as they were.</summary>
    /// <param name="at">When.</param>
    public string EntitiesAt(DateTimeOffset at) => FluxApi.Target(
        "/api/state/entities",
        ("prefix", IsOne ? Entity : Prefix), // an id comes first among those that begin with it
        ("where", Where),
        ("limit", (IsOne ? 1 : PageSize).ToString(CultureInfo.InvariantCulture)),
        ("at", at.ToString("O", CultureInfo.InvariantCulture)));

    /// <summary>Makes the request for what happened.</summary>
    /// <param name="from">From when on.</param>
    /// <param name="to">Until when; null for the end of the log.</param>
    /// <param name="speed">How many times faster than it was; null for as fast as it goes.</param>
    public ReplayRequest ToRequest(ReplayPlace from, DateTimeOffset? to, double? speed)
    {
        var prefix = IsOne ? Entity : Prefix;
        return new ReplayRequest
        {
            Entities = string.IsNullOrEmpty(prefix) ? ["*"] : IsOne && !LiveView.IsPattern(prefix) ? [prefix] : [],
            Prefixes = string.IsNullOrEmpty(prefix) || (IsOne && !LiveView.IsPattern(prefix)) ? [] : [prefix],
            From = from,
            To = to is { } end ? ReplayPlace.At(end) : null,
            Where = string.IsNullOrEmpty(Where) ? null : Where,
            Speed = speed,
        };
    }
}
