namespace Flux.Core.Events;

/// <summary>One property that an event sets.</summary>
/// <param name="Name">The property's name, unescaped.</param>
/// <param name="Value">The new value: the producer's JSON text in UTF-8 without blanks between tokens; a slice of the payload when it had none.</param>
public readonly record struct PropertyChange(string Name, ReadOnlyMemory<byte> Value);
