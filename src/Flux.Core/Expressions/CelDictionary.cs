namespace Flux.Core.Expressions;

/// <summary>A map with any keys that the language allows.</summary>
public sealed class CelDictionary : CelMap
{
    private readonly Dictionary<CelValue, CelValue> _entries;

    /// <summary>Initializes a new instance of the <see cref="CelDictionary"/> class without entries.</summary>
    /// <param name="capacity">How many entries will be added.</param>
    public CelDictionary(int capacity) => _entries = new Dictionary<CelValue, CelValue>(capacity, CelKeyComparer.Instance);

    /// <inheritdoc/>
    public override int Count => _entries.Count;

    /// <inheritdoc/>
    public override IEnumerable<CelValue> Keys => _entries.Keys;

    /// <summary>Adds an entry while the map is made; it must not change once others see it.</summary>
    /// <param name="key">The key: a bool, an int, a uint or a string.</param>
    /// <param name="value">The value.</param>
    /// <returns>False when the key is there already.</returns>
    public bool TryAdd(in CelValue key, in CelValue value) => _entries.TryAdd(key, value);

    /// <inheritdoc/>
    public override bool TryGet(string key, out CelValue value) => _entries.TryGetValue(CelValue.Of(key), out value);

    /// <inheritdoc/>
    public override bool TryGet(in CelValue key, out CelValue value) => _entries.TryGetValue(key, out value);

    /// <summary>Sets an entry while the map is made, whether or not the key is there already.</summary>
    internal void Set(in CelValue key, in CelValue value) => _entries[key] = value;
}
