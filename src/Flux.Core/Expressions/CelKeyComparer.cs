namespace Flux.Core.Expressions;

/// <summary>Compares keys of maps: numbers by value, whatever their type.</summary>
internal sealed class CelKeyComparer : IEqualityComparer<CelValue>
{
    public static readonly CelKeyComparer Instance = new();

    public bool Equals(CelValue x, CelValue y) =>
        x.Kind == CelKind.String && y.Kind == CelKind.String ? string.Equals(x.String, y.String, StringComparison.Ordinal) : x.IsEqualTo(y);

    public int GetHashCode(CelValue obj) => obj.Kind switch
    {
        CelKind.String => string.GetHashCode(obj.String, StringComparison.Ordinal),
        CelKind.Bool => obj.IsTrue ? 1 : 2,
        CelKind.Int => obj.Int.GetHashCode(),
        CelKind.Uint => obj.Uint <= long.MaxValue ? ((long)obj.Uint).GetHashCode() : obj.Uint.GetHashCode(),
        CelKind.Double => OfDouble(obj.Double),
        _ => (int)obj.Kind,
    };

    // A double that is a whole number must meet the int or uint of the same value.
    private static int OfDouble(double value) =>
        value is >= -9.2233720368547758E18 and < 9.2233720368547758E18 && double.IsInteger(value) ? ((long)value).GetHashCode()
        : value is >= 0 and < 1.8446744073709552E19 && double.IsInteger(value) ? ((ulong)value).GetHashCode()
        : value.GetHashCode();
}
