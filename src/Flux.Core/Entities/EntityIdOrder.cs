namespace Flux.Core.Entities;

/// <summary>Orders ids as their UTF-8 bytes are ordered, which is the order of code points and that of both stores.</summary>
/// <remarks>
/// .NET's ordinal order compares UTF-16 units and differs from it: there a character beyond U+FFFF comes before U+E000, because its surrogates do.
/// </remarks>
public sealed class EntityIdOrder : IComparer<string>
{
    /// <summary>The order.</summary>
    public static readonly EntityIdOrder Instance = new();

    private EntityIdOrder()
    {
    }

    /// <summary>Compares two texts without lone surrogates; null comes first.</summary>
    /// <param name="x">The one.</param>
    /// <param name="y">The other.</param>
    /// <returns>Less than 0 when <paramref name="x"/> comes first, more than 0 when <paramref name="y"/> does, 0 when they are equal.</returns>
    public int Compare(string? x, string? y)
    {
        if (x is null || y is null)
        {
            return (x is null ? 0 : 1) - (y is null ? 0 : 1);
        }

        var common = x.AsSpan().CommonPrefixLength(y);
        return common == x.Length || common == y.Length
            ? x.Length - y.Length
            : Rank(x[common]) - Rank(y[common]);
    }

    // Surrogates stand for what comes after all other units.
    private static int Rank(char unit) => char.IsSurrogate(unit) ? unit + 0x10000 : unit;
}
