using System.Globalization;
using Flux.Core.Log;

namespace Flux.Core.Entities;

/// <summary>Why an entity is quarantined: the first of its events that is not what was written, or cannot be read.</summary>
/// <param name="Position">Where that event is, or the first event behind one that is missing.</param>
/// <param name="Version">The version that the event there has, or should have.</param>
/// <param name="Reason">What is wrong with it, for the operator; never a property's value.</param>
[GenerateSerializer, Immutable, Alias("flux.entity-damage")]
public sealed record EntityDamage(
    [property: Id(0)] Position Position, [property: Id(1)] long Version, [property: Id(2)] string Reason)
{
    /// <summary>Reads back what <see cref="ToText"/> wrote.</summary>
    /// <param name="text">The text; null for an entity that is whole.</param>
    /// <returns>The damage; null for null.</returns>
    public static EntityDamage? Parse(string? text) => text?.Split(' ', 3) is [var position, var version, var reason]
        ? new EntityDamage(
            new Position(long.Parse(position, CultureInfo.InvariantCulture)), long.Parse(version, CultureInfo.InvariantCulture), reason)
        : null;

    /// <summary>Writes it on one line, for a store to keep.</summary>
    /// <returns>Position, version and reason, with blanks between them.</returns>
    public string ToText() => string.Create(CultureInfo.InvariantCulture, $"{Position.Value} {Version} {Reason}");
}
