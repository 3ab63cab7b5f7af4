using Flux.Core.Expressions.Evaluation;

namespace Flux.Core.Expressions.Functions;

/// <summary>The functions of texts, and <c>size</c>.</summary>
internal static class Texts
{
    private static readonly CelValue NoSuchOverload = CelValue.Of(CelError.NoSuchOverload);
    private static readonly CelValue Cost = CelValue.Of(CelError.Cost);

    public static CelValue Size(in CelValue value, ref Frame frame) => value.Kind switch
    {
        CelKind.String => frame.TakeText(value.String.Length) ? CelValue.Of((long)CelText.CountCharacters(value.String)) : Cost,
        CelKind.Bytes => CelValue.Of(value.Bytes.LongLength),
        CelKind.List => CelValue.Of((long)value.List.Count),
        CelKind.Map => CelValue.Of((long)value.Map.Count),
        _ => NoSuchOverload,
    };

    public static CelValue Contains(in CelValue left, in CelValue right, ref Frame frame) =>
        left.Kind != CelKind.String || right.Kind != CelKind.String ? NoSuchOverload
        : !frame.TakeText(left.String.Length) ? Cost
        : CelValue.Of(left.String.Contains(right.String, StringComparison.Ordinal));

    public static CelValue StartsWith(in CelValue left, in CelValue right, ref Frame frame) =>
        left.Kind != CelKind.String || right.Kind != CelKind.String ? NoSuchOverload
        : !frame.TakeText(right.String.Length) ? Cost
        : CelValue.Of(left.String.StartsWith(right.String, StringComparison.Ordinal));

    public static CelValue EndsWith(in CelValue left, in CelValue right, ref Frame frame) =>
        left.Kind != CelKind.String || right.Kind != CelKind.String ? NoSuchOverload
        : !frame.TakeText(right.String.Length) ? Cost
        : CelValue.Of(left.String.EndsWith(right.String, StringComparison.Ordinal));

    /// <summary><c>matches</c> with a pattern that is only known now.</summary>
    public static CelValue Matches(in CelValue left, in CelValue right, ref Frame frame)
    {
        if (left.Kind != CelKind.String || right.Kind != CelKind.String)
        {
            return NoSuchOverload;
        }

        if (!frame.Take(ExpressionLimits.StepsPerPattern))
        {
            return Cost;
        }

        var pattern = Pattern.TryMake(right.String, out _);
        return pattern is null ? CelValue.Of(CelError.InvalidPattern) : pattern.Matches(left, ref frame);
    }
}
