using Flux.Core.Expressions.Evaluation;

namespace Flux.Core.Expressions.Functions;

/// <summary>The functions of the extension <c>math</c>.</summary>
internal static class Numbers
{
    private static readonly CelValue NoSuchOverload = CelValue.Of(CelError.NoSuchOverload);

    /// <summary>Makes <c>math.greatest</c> (1) or <c>math.least</c> (-1) of some numbers, or of the numbers of one list.</summary>
    public static Function Extreme(int sign) => (ReadOnlySpan<CelValue> arguments, ref Frame frame) =>
    {
        var numbers = arguments.Length == 1 && arguments[0].Kind == CelKind.List ? arguments[0].List.Items : arguments;
        if (!frame.Take(numbers.Length))
        {
            return CelValue.Of(CelError.Cost);
        }

        if (numbers.Length == 0)
        {
            return CelValue.Of(CelError.InvalidArgument);
        }

        var best = numbers[0];
        foreach (var number in numbers)
        {
            if (number.Kind is not (CelKind.Int or CelKind.Uint or CelKind.Double))
            {
                return NoSuchOverload;
            }

            if (CelEquality.TryCompare(number, best, out var order) && order == sign)
            {
                best = number;
            }
        }

        return best;
    };

    /// <summary>Makes a function of one double.</summary>
    public static UnaryFunction OfDouble(Func<double, double> function) => (in CelValue value, ref Frame _) =>
        value.Kind == CelKind.Double ? CelValue.Of(function(value.Double)) : NoSuchOverload;

    /// <summary>Makes a test of one double.</summary>
    public static UnaryFunction Test(Func<double, bool> test) => (in CelValue value, ref Frame _) =>
        value.Kind == CelKind.Double ? CelValue.Of(test(value.Double)) : NoSuchOverload;

    public static CelValue Abs(in CelValue value, ref Frame frame) => value.Kind switch
    {
        CelKind.Int => value.Int == long.MinValue ? CelValue.Of(CelError.IntRange) : CelValue.Of(Math.Abs(value.Int)),
        CelKind.Uint => value,
        CelKind.Double => CelValue.Of(Math.Abs(value.Double)),
        _ => NoSuchOverload,
    };

    public static CelValue Sign(in CelValue value, ref Frame frame) => value.Kind switch
    {
        CelKind.Int => CelValue.Of((long)Math.Sign(value.Int)),
        CelKind.Uint => CelValue.Of(value.Uint == 0 ? 0UL : 1UL),
        CelKind.Double => CelValue.Of(double.IsNaN(value.Double) ? value.Double : Math.Sign(value.Double)),
        _ => NoSuchOverload,
    };

    /// <summary>Makes a function of the bits of two whole numbers of one type.</summary>
    public static BinaryFunction Bits(Func<ulong, ulong, ulong> function) => (in CelValue left, in CelValue right, ref Frame _) =>
        left.Kind != right.Kind ? NoSuchOverload : OfBits(left.Kind, function(left.Uint, right.Uint));

    public static CelValue BitNot(in CelValue value, ref Frame frame) => OfBits(value.Kind, ~value.Uint);

    /// <summary>Makes a shift; one by 64 or more leaves nothing.</summary>
    public static BinaryFunction Shift(Func<ulong, int, ulong> function) => (in CelValue value, in CelValue count, ref Frame _) =>
        count.Kind != CelKind.Int ? NoSuchOverload
        : count.Int < 0 ? CelValue.Of(CelError.InvalidArgument)
        : OfBits(value.Kind, count.Int >= 64 ? 0 : function(value.Uint, (int)count.Int));

    private static CelValue OfBits(CelKind kind, ulong bits) => kind switch
    {
        CelKind.Int => CelValue.Of((long)bits),
        CelKind.Uint => CelValue.Of(bits),
        _ => NoSuchOverload,
    };
}
