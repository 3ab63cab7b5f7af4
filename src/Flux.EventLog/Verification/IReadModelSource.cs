using Flux.EventLog.Projection;

namespace Flux.EventLog.Verification;

/// <summary>A read model as it is stored, read from the outside beside a running projection.</summary>
/// <remarks>All throw an <see cref="InvalidDataException"/> for what cannot be read.</remarks>
internal interface IReadModelSource : IDisposable
{
    /// <summary>Gets the epoch of the log that it belongs to; null where both are in one database.</summary>
    Guid? Epoch { get; }

    /// <summary>Gets a value indicating whether the indexes are written with the events, and not by the projection.</summary>
    bool HasIndexesOfLog { get; }

    /// <summary>Reads how far it is.</summary>
    ReadModelPosition ReadPosition();

    /// <summary>Finds the state after a version that has a snapshot.</summary>
    StoredState? FindSnapshot(string entity, long version);

    /// <summary>Finds where the index has a version of an entity; 0 for nowhere.</summary>
    long FindPosition(string entity, long version);

    /// <summary>Finds where the index has an event id; 0 for nowhere.</summary>
    long FindEventId(string ns, string eventId);

    /// <summary>Reads all rows of entities. Each page is of one moment, and holds nothing once it is read.</summary>
    IEnumerable<ReadModelPage> ReadEntities();

    /// <summary>Reads the row of one entity as a page.</summary>
    ReadModelPage FindEntity(string id);

    /// <summary>Reads the counts.</summary>
    ReadModelCounts ReadCounts();

    /// <summary>Reads the index on (entity, version) of the log, in its order; nothing where there is none.</summary>
    IEnumerable<IndexedVersion> ReadVersions();

    /// <summary>Reads the index of event ids.</summary>
    IEnumerable<IndexedEventId> ReadEventIds();

    /// <summary>Finds a row that belongs to no entity, and describes it; null when there is none.</summary>
    string? FindOrphan();
}
