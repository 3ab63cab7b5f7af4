using System.Collections.Concurrent;
using Flux.Core.Entities;

namespace Flux.Core.Expressions;

/// <summary>An entity's properties as a map. The JSON of each is decoded when it is first asked for, and then never again.</summary>
internal sealed class PropertiesAsMap(PropertyMap properties) : CelMap
{
    // Predicates ask for few properties, and walking a short list beats hashing; beyond this many it does not.
    private const int MaxList = 12;

    // Read and extended without a lock. Two threads may decode one property at the same time, and the values are equal.
    private DecodedProperty? _decoded;
    private int _decodedCount;
    private ConcurrentDictionary<string, CelValue>? _decodedMany;

    public override int Count => properties.Count;

    public override IEnumerable<CelValue> Keys => properties.Select(property => CelValue.Of(property.Key));

    public override bool TryGet(string key, out CelValue value)
    {
        for (var known = Volatile.Read(ref _decoded); known is not null; known = known.Next)
        {
            if (string.Equals(known.Name, key, StringComparison.Ordinal))
            {
                value = known.Value;
                return true;
            }
        }

        return TryDecode(key, out value);
    }

    public override bool TryGet(in CelValue key, out CelValue value)
    {
        if (key.Kind == CelKind.String)
        {
            return TryGet(key.String, out value);
        }

        value = default;
        return false;
    }

    public override bool Contains(in CelValue key) => key.Kind == CelKind.String && properties.TryGetValue(key.String, out _);

    internal override int CostOf(string key)
    {
        for (var known = Volatile.Read(ref _decoded); known is not null; known = known.Next)
        {
            if (string.Equals(known.Name, key, StringComparison.Ordinal))
            {
                return known.Cost;
            }
        }

        return properties.TryGetValue(key, out var json) ? json.Length / ExpressionLimits.CharactersPerStep : 0;
    }

    private bool TryDecode(string key, out CelValue value)
    {
        var many = Volatile.Read(ref _decodedMany);
        if (many is not null && many.TryGetValue(key, out value))
        {
            return true;
        }

        if (!properties.TryGetValue(key, out var json))
        {
            value = default;
            return false;
        }

        value = CelJson.Read(json);
        if (Volatile.Read(ref _decodedCount) < MaxList)
        {
            var former = Volatile.Read(ref _decoded);
            var first = new DecodedProperty(key, value, json.Length / ExpressionLimits.CharactersPerStep, former);
            if (Interlocked.CompareExchange(ref _decoded, first, former) == former)
            {
                Interlocked.Increment(ref _decodedCount);
            }
        }
        else
        {
            if (many is null)
            {
                many = new ConcurrentDictionary<string, CelValue>(StringComparer.Ordinal);
                many = Interlocked.CompareExchange(ref _decodedMany, many, null) ?? many;
            }

            many[key] = value;
        }

        return true;
    }
}
