namespace Flux.EventLog.Verification;

/// <summary>How far a read model is.</summary>
/// <param name="Position">The position up to which the log is projected.</param>
/// <param name="SnapshotsFrom">The position after which every snapshot is there; 0 but for some time after an upgrade.</param>
/// <param name="SnapshotsTo">The position up to which every snapshot is there: all that is projected, but for some time after an upgrade.</param>
internal sealed record ReadModelPosition(long Position, long SnapshotsFrom, long SnapshotsTo)
{
    public bool HasAllSnapshots => SnapshotsFrom == 0 && SnapshotsTo == Position;

    public bool HasSnapshotsOf(long position) => position > SnapshotsFrom && (position <= SnapshotsTo || SnapshotsTo == Position);
}
