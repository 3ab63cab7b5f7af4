using Flux.Core.Log;

namespace Flux.EventLog.Verification;

/// <summary>A row of <c>entity</c> with what belongs to it.</summary>
/// <param name="Id">The entity.</param>
/// <param name="Version">Its version.</param>
/// <param name="Hash">The hash of that version's event.</param>
/// <param name="LastUpdated">When it last changed.</param>
/// <param name="IsDeleted">Whether it does not exist.</param>
/// <param name="Properties">Its properties as one JSON object.</param>
/// <param name="Expiry">What becomes due of it; null for nothing.</param>
/// <param name="DueAt">The first time of those; null for none.</param>
/// <param name="Positions">What <see cref="PositionDigest"/> makes of its positions; null where they stand in an index of the log.</param>
/// <param name="SnapshotCount">How many snapshots it has.</param>
/// <param name="Damage">Why it is quarantined; null when it is not.</param>
internal sealed record ProjectedRow(
    string Id, long Version, byte[] Hash, Timestamp LastUpdated, bool IsDeleted, byte[] Properties, byte[]? Expiry, long? DueAt,
    (ulong Digest, long Count)? Positions, long SnapshotCount, string? Damage);
