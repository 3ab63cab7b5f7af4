namespace Flux.Core.Expressions;

/// <summary>A list of values that never changes.</summary>
public sealed class CelList
{
    /// <summary>The list without items.</summary>
    public static readonly CelList Empty = new([]);

    private readonly CelValue[] _items;

    /// <summary>Initializes a new instance of the <see cref="CelList"/> class.</summary>
    /// <param name="items">The items. The array is kept, not copied: nobody may change it.</param>
    public CelList(CelValue[] items) => _items = items;

    /// <summary>Gets how many items there are.</summary>
    public int Count => _items.Length;

    /// <summary>Gets the items.</summary>
    public ReadOnlySpan<CelValue> Items => _items;
}
