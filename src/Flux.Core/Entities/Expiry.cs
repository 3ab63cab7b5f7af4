using System.Buffers;
using System.Text.Json;
using Flux.Core.Events;
using Flux.Core.Json;
using Flux.Core.Log;

namespace Flux.Core.Entities;

/// <summary>When an entity, and which of its properties when, become due: what an event sets, and what is left of it in an entity's state.</summary>
/// <remarks>
/// Times are absolute, so the fold of a log is the same at any time. A property that is due is set to null, an entity that is due is deleted, each by an
/// event like any other; until that event is in the log nothing has changed.
/// </remarks>
[GenerateSerializer, Immutable, Alias("flux.expiry")]
public sealed class Expiry : IEquatable<Expiry>
{
    /// <summary>Nothing becomes due.</summary>
    public static readonly Expiry None = new(entity: null, []);

    [Id(0)]
    private readonly Timestamp? _entity;

    [Id(1)]
    private readonly DueProperty[] _properties; // each name once, in ordinal order

    private Expiry(Timestamp? entity, DueProperty[] properties)
    {
        _entity = entity;
        _properties = properties;
    }

    /// <summary>Gets when the entity is due; null for never.</summary>
    public Timestamp? Entity => _entity;

    /// <summary>Gets the properties that become due, in ordinal order of their names.</summary>
    public ReadOnlySpan<DueProperty> Properties => _properties;

    /// <summary>Gets a value indicating whether nothing becomes due.</summary>
    public bool IsEmpty => _entity is null && _properties.Length == 0;

    /// <summary>Gets the first time at which something is due; null for never.</summary>
    public Timestamp? Earliest
    {
        get
        {
            var earliest = _entity;
            foreach (var property in _properties)
            {
                earliest = earliest is { } at && at <= property.At ? earliest : property.At;
            }

            return earliest;
        }
    }

    /// <summary>Makes one.</summary>
    /// <param name="entity">When the entity is due; null for never.</param>
    /// <param name="properties">The properties that become due, each name once.</param>
    /// <returns>The same, in order.</returns>
    public static Expiry Of(Timestamp? entity, IEnumerable<DueProperty> properties)
    {
        DueProperty[] sorted = [.. properties.OrderBy(property => property.Name, StringComparer.Ordinal)];
        return entity is null && sorted.Length == 0 ? None : new Expiry(entity, sorted);
    }

    /// <summary>Finds when a property is due.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The time; null for never.</returns>
    public Timestamp? Find(string name)
    {
        foreach (var property in _properties)
        {
            if (string.Equals(property.Name, name, StringComparison.Ordinal))
            {
                return property.At;
            }
        }

        return null;
    }

    /// <summary>Gives what is left in the state after an event.</summary>
    /// <param name="change">What the event does: a property that it sets has no other time than the event gives it, a deletion ends all.</param>
    /// <param name="set">What the event sets; null for nothing. Without a time for the entity the entity keeps the one it has.</param>
    /// <param name="exists">Whether the entity exists after the event.</param>
    /// <returns>The rest.</returns>
    public Expiry After(EntityChange change, Expiry? set, bool exists)
    {
        if (!exists)
        {
            return None;
        }

        if (set is null && (_properties.Length == 0 || !change.SetsProperties))
        {
            return this;
        }

        var left = _properties.ToDictionary(property => property.Name, property => property.At, StringComparer.Ordinal);
        foreach (var property in change.Properties)
        {
            left.Remove(property.Name);
        }

        foreach (var property in set is null ? [] : set._properties)
        {
            left[property.Name] = property.At;
        }

        return left.Count == _properties.Length && set is null ? this : Of(set?._entity ?? _entity, left.Select(pair => new DueProperty(pair.Key, pair.Value)));
    }

    /// <summary>Writes it as one JSON object: <c>{"entity":…,"properties":{"name":…}}</c>, times in microseconds since 1970.</summary>
    /// <param name="output">Where to.</param>
    public void WriteTo(IBufferWriter<byte> output)
    {
        output.Write("{"u8);
        if (_entity is { } entity)
        {
            output.Write("\"entity\":"u8);
            JsonWrite.Number(output, entity.Microseconds);
            output.Write(_properties.Length > 0 ? ","u8 : default);
        }

        for (var i = 0; i < _properties.Length; i++)
        {
            output.Write(i == 0 ? "\"properties\":{"u8 : ","u8);
            JsonWrite.String(output, _properties[i].Name);
            output.Write(":"u8);
            JsonWrite.Number(output, _properties[i].At.Microseconds);
        }

        output.Write(_properties.Length > 0 ? "}}"u8 : "}"u8);
    }

    /// <summary>Gives the JSON of <see cref="WriteTo"/>.</summary>
    /// <returns>UTF-8; null when nothing becomes due.</returns>
    public byte[]? ToJson()
    {
        if (IsEmpty)
        {
            return null;
        }

        var output = new ArrayBufferWriter<byte>(64);
        WriteTo(output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads back what <see cref="WriteTo"/> wrote.</summary>
    /// <param name="json">One JSON object in UTF-8; null for nothing.</param>
    /// <returns>The same.</returns>
    /// <exception cref="JsonException">It is something else.</exception>
    public static Expiry Read(byte[]? json)
    {
        if (json is null)
        {
            return None;
        }

        using var document = JsonDocument.Parse(json);
        try
        {
            var root = document.RootElement;
            Timestamp? entity = root.TryGetProperty("entity", out var at) ? new Timestamp(at.GetInt64()) : null;
            return Of(entity, root.TryGetProperty("properties", out var properties)
                ? properties.EnumerateObject().Select(property => new DueProperty(property.Name, new Timestamp(property.Value.GetInt64())))
                : []);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            throw new JsonException("these are no due times", e);
        }
    }

    /// <inheritdoc/>
    public bool Equals(Expiry? other) => other is not null && _entity == other._entity && _properties.AsSpan().SequenceEqual(other._properties);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Expiry);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_entity, _properties.Length);
}
