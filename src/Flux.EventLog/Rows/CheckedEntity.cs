using Flux.Core.Entities;
using Flux.Core.Log;

namespace Flux.EventLog.Rows;

/// <summary>What a check keeps of an entity: about 250 bytes with its id, whatever its properties are, and what becomes due of it.</summary>
internal sealed class CheckedEntity(string id)
{
    public string Id { get; } = id;

    public long Version { get; set; }

    public byte[] Hash { get; set; } = EventHash.None;

    /// <summary>Gets or sets the sum of the digests of the properties that are set.</summary>
    public UInt128 Properties { get; set; }

    public int PropertyCount { get; set; }

    public Timestamp LastUpdated { get; set; }

    /// <summary>Gets or sets what is left of the positions of all versions.</summary>
    public ulong Positions { get; set; }

    /// <summary>Gets or sets a value indicating whether the read model's row of it was compared.</summary>
    public bool IsSeen { get; set; }

    /// <summary>Gets or sets a value indicating whether the index of the log was compared.</summary>
    public bool IsIndexed { get; set; }

    /// <summary>Gets or sets what becomes due of it.</summary>
    public Expiry Expiry { get; set; } = Expiry.None;

    public bool Exists => PropertyCount > 0;
}
