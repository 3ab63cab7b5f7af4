namespace Flux.EventLog.Sqlite;

/// <summary>Where the events of an entity and those with given ids are, up to the position that is projected; the log's tail knows the rest.</summary>
internal interface IEventIndex
{
    /// <summary>Gets the position up to which the index is complete.</summary>
    long Position { get; }

    /// <summary>Looks up many at once.</summary>
    /// <param name="entities">Ids of entities.</param>
    /// <param name="eventIds">Namespaces and ids of events.</param>
    /// <returns>The entities' versions (0 for an unknown one) and the events' positions (0 for an unknown one), in order.</returns>
    (long[] Versions, long[] Positions) Find(List<string> entities, List<(string Namespace, string EventId)> eventIds);

    /// <summary>Finds the positions of an entity's versions.</summary>
    /// <param name="entity">The entity's id.</param>
    /// <param name="afterVersion">The version before the first one wanted.</param>
    /// <param name="maxCount">The most positions.</param>
    /// <returns>As many as the index has, in order.</returns>
    List<long> FindPositions(string entity, long afterVersion, int maxCount);

    /// <summary>Finds how many of an entity's events stand before a position.</summary>
    /// <param name="entity">The entity's id.</param>
    /// <param name="position">The position.</param>
    /// <returns>The last version before it; 0 for none. And the last version that the index has.</returns>
    (long Before, long Last) FindVersionBefore(string entity, long position);
}
