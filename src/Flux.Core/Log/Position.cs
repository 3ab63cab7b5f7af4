using System.Globalization;

namespace Flux.Core.Log;

/// <summary>The number of an event in its log: 1 for the first, gapless, in commit order.</summary>
/// <param name="Value">The number; 0 stands before the first event.</param>
[GenerateSerializer, Immutable, Alias("flux.position")]
public readonly record struct Position([property: Id(0)] long Value) : IComparable<Position>
{
    /// <summary>The place before the first event.</summary>
    public static readonly Position Start;

    /// <summary>Gets the position after this one.</summary>
    public Position Next => new(Value + 1);

    /// <summary>Compares two positions of one log.</summary>
    public static bool operator <(Position left, Position right) => left.Value < right.Value;

    /// <summary>Compares two positions of one log.</summary>
    public static bool operator >(Position left, Position right) => left.Value > right.Value;

    /// <summary>Compares two positions of one log.</summary>
    public static bool operator <=(Position left, Position right) => left.Value <= right.Value;

    /// <summary>Compares two positions of one log.</summary>
    public static bool operator >=(Position left, Position right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public int CompareTo(Position other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
