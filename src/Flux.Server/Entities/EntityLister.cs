using Flux.Core.Entities;
using Flux.Core.Log;

namespace Flux.Server.Entities;

/// <summary>Lists entities so that every event acknowledged before the call is seen.</summary>
internal sealed class EntityLister(IEventLog log, IReadModel readModel, IPastStates past)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    /// <summary>Waits until the projection has passed the log's head, and lists.</summary>
    /// <param name="ns">The namespace; null for any.</param>
    /// <param name="prefix">What the ids start with.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="EventLogUnavailableException">The projection is too far behind.</exception>
    public async Task<IAsyncEnumerable<ListedEntity>> ListAsync(string? ns, string prefix, CancellationToken cancellationToken)
    {
        await CatchUpAsync(cancellationToken);
        return readModel.ListAsync(ns, prefix, cancellationToken);
    }

    /// <summary>Lists as of a position.</summary>
    /// <param name="ns">The namespace; null for any.</param>
    /// <param name="prefix">What the ids start with.</param>
    /// <param name="position">The position; at most the log's head.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="EventLogUnavailableException">The projection is too far behind.</exception>
    public async Task<IAsyncEnumerable<ListedEntity>> ListAsync(string? ns, string prefix, Position position, CancellationToken cancellationToken)
    {
        await WaitForAsync(position, cancellationToken);
        return past.ListAsync(EntityRange.OfNamespace(ns, prefix), position, cancellationToken);
    }

    /// <summary>Waits until the projection has passed the log's head, and counts.</summary>
    /// <param name="namespaces">The namespaces.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>How many entities exist in them together.</returns>
    /// <exception cref="EventLogUnavailableException">The projection is too far behind.</exception>
    public async ValueTask<long> CountAsync(IReadOnlyCollection<string> namespaces, CancellationToken cancellationToken)
    {
        await CatchUpAsync(cancellationToken);
        return await readModel.CountAsync(namespaces, cancellationToken);
    }

    /// <summary>Waits until the projection has passed the log's head.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="EventLogUnavailableException">The projection is too far behind.</exception>
    public async ValueTask CatchUpAsync(CancellationToken cancellationToken)
    {
        var head = await log.ReadHeadAsync(cancellationToken);
        await WaitForAsync(head.Position, cancellationToken);
    }

    /// <summary>Waits until the projection has passed a position.</summary>
    /// <param name="position">The position; at most the log's head.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="EventLogUnavailableException">The projection is too far behind.</exception>
    public async ValueTask WaitForAsync(Position position, CancellationToken cancellationToken)
    {
        if (!await readModel.WaitForAsync(position, LongestWait, cancellationToken))
        {
            throw new EventLogUnavailableException("the lists are being brought up to date; ask again");
        }
    }
}
