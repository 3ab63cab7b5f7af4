namespace Flux.Testing.History;

/// <summary>One entity as a node served it; or, without an entity, the line that begins a dump and says how many entities it has.</summary>
public sealed record StateRecord
{
    /// <summary>Gets who served it: a node, or <c>rebuild</c>.</summary>
    public required string Node { get; init; }

    /// <summary>Gets the position that the dump was asked for; null for the end of the log.</summary>
    public long? Position { get; init; }

    /// <summary>Gets how many entities the dump has; only on the line that begins it.</summary>
    public int? Count { get; init; }

    /// <summary>Gets the entity; null on the line that begins a dump.</summary>
    public string? Entity { get; init; }

    /// <summary>Gets its version, when it was served.</summary>
    public long? Version { get; init; }

    /// <summary>Gets its properties, as they were received.</summary>
    public byte[]? Properties { get; init; }
}
