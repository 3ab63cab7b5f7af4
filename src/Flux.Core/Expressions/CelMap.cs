namespace Flux.Core.Expressions;

/// <summary>A map of values that never changes.</summary>
public abstract class CelMap
{
    /// <summary>Gets how many entries there are.</summary>
    public abstract int Count { get; }

    /// <summary>Gets the keys, each once.</summary>
    public abstract IEnumerable<CelValue> Keys { get; }

    /// <summary>Finds the value of a text.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <returns>False when there is no such key.</returns>
    public abstract bool TryGet(string key, out CelValue value);

    /// <summary>Finds a value. Numbers are looked up by value: <c>1</c>, <c>1u</c> and <c>1.0</c> are one key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <returns>False when there is no such key.</returns>
    public abstract bool TryGet(in CelValue key, out CelValue value);

    /// <summary>Says whether there is an entry, without making its value.</summary>
    /// <param name="key">The key.</param>
    /// <returns>False when there is no such key.</returns>
    public virtual bool Contains(in CelValue key) => TryGet(key, out _);

    /// <summary>Gives the steps that asking for an entry takes: decoding a value is not free, and costs the same every time.</summary>
    internal virtual int CostOf(string key) => 0;
}
