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
        // A whole number must meet the double that it equals.
        CelKind.Int => ((double)obj.Int).GetHashCode(),
        CelKind.Uint => ((double)obj.Uint).GetHashCode(),
        CelKind.Double => obj.Double == 0 ? 0 : obj.Double.GetHashCode(),
        _ => (int)obj.Kind,
    };
}
