namespace Flux.Testing.History;

/// <summary>A fault that was announced, or the proof that it happened.</summary>
public sealed record FaultRecord
{
    /// <summary>Gets the time.</summary>
    public required long At { get; init; }

    /// <summary>Gets the fault's id: an announced fault and its proof share it.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the kind, such as <c>kill</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Gets what it was aimed at.</summary>
    public required string Target { get; init; }

    /// <summary>Gets what shows that it happened (pid gone, port closed, rule hit); null on the line that announces it.</summary>
    public string? Proof { get; init; }
}
