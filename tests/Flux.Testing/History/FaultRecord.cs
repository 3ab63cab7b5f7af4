namespace Flux.Testing.History;

/// <summary>A fault that was announced, or the proof that it happened.</summary>
public sealed record FaultRecord
{
    /// <summary>The kind of a fault that freezes a node or cuts it off: until it is healed, and for a moment after, the node may serve older state.</summary>
    public const string Freeze = "freeze";

    /// <summary>The kind of a fault that cuts a node off from the others or from the store; see <see cref="Freeze"/>.</summary>
    public const string CutOff = "cut off";

    /// <summary>The kind of the line that ends a <see cref="Freeze"/> or a <see cref="CutOff"/> of its node.</summary>
    public const string Heal = "heal";

    /// <summary>The node of a fault that is aimed at all of them.</summary>
    public const string AllNodes = "*";

    /// <summary>Gets the time.</summary>
    public required long At { get; init; }

    /// <summary>Gets the fault's id: an announced fault and its proof share it.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the kind, such as <c>kill</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Gets what it was aimed at.</summary>
    public required string Target { get; init; }

    /// <summary>
    /// Gets the node that it was aimed at, <see cref="AllNodes"/>, or null for none: then it is no reason to lose a socket. The proof may name it when
    /// nobody knew before which one it would meet.
    /// </summary>
    public string? Node { get; init; }

    /// <summary>Gets what shows that it happened (pid gone, port closed, rule hit); null on the line that announces it.</summary>
    public string? Proof { get; init; }
}
