using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Flux.Core.Entities;
using Flux.Core.Log;

namespace Flux.EventLog.Projection;

/// <summary>A state as a store keeps it: the row of an entity, or a snapshot of an earlier version.</summary>
/// <param name="Version">The version.</param>
/// <param name="Hash">The hash of its event.</param>
/// <param name="LastUpdated">When the entity last changed.</param>
/// <param name="Properties">One JSON object; <c>{}</c> for an entity that does not exist.</param>
/// <param name="Expiry">What becomes due of it; null for nothing. See <see cref="Core.Entities.Expiry.WriteTo"/>.</param>
/// <param name="Digest">What covers all of it in a snapshot; null in a row.</param>
/// <param name="Damage">Why the entity is quarantined, in its row; null when it is not.</param>
internal sealed record StoredState(
    long Version, byte[] Hash, Timestamp LastUpdated, byte[] Properties, byte[]? Expiry, byte[]? Digest, string? Damage = null)
{
    /// <summary>How many versions apart snapshots are. One is written for each version that this divides.</summary>
    public const int SnapshotEvery = 256;

    public bool IsSnapshot => Digest is not null;

    /// <summary>Computes what covers a snapshot, so that one that was damaged is not taken for the truth.</summary>
    public static byte[] ComputeDigest(string id, EntityState state, ReadOnlySpan<byte> properties) =>
        ComputeDigest(id, state.Version, state.Hash, state.LastUpdated, properties, state.Expiry.ToJson());

    /// <summary>Says whether this is what was written for the entity.</summary>
    public bool IsWhole(string id) => Digest is null || Digest.AsSpan().SequenceEqual(ComputeDigest(id, Version, Hash, LastUpdated, Properties, Expiry));

    public EntityState ToState() => new(Version, Hash, EntityState.ReadProperties(Properties), LastUpdated, Core.Entities.Expiry.Read(Expiry))
    {
        Damage = EntityDamage.Parse(Damage),
    };

    private static byte[] ComputeDigest(
        string id, long version, byte[] hash, Timestamp lastUpdated, ReadOnlySpan<byte> properties, byte[]? expiry)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> numbers = stackalloc byte[2 * sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(numbers, version);
        BinaryPrimitives.WriteInt64BigEndian(numbers[sizeof(long)..], lastUpdated.Microseconds);
        digest.AppendData(numbers);
        digest.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(id))); // of a fixed length, as the numbers are
        digest.AppendData(SHA256.HashData(hash));
        digest.AppendData(properties);
        digest.AppendData(expiry ?? []); // nothing for most; behind a JSON object another one cannot be taken for a part of it
        return digest.GetHashAndReset();
    }
}
