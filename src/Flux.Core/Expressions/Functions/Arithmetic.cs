using Flux.Core.Expressions.Evaluation;

namespace Flux.Core.Expressions.Functions;

/// <summary>The operators that compute. Whole numbers that leave their range are errors, never wrapped around.</summary>
internal static class Arithmetic
{
    private static readonly CelValue NoSuchOverload = CelValue.Of(CelError.NoSuchOverload);
    private static readonly CelValue IntRange = CelValue.Of(CelError.IntRange);
    private static readonly CelValue UintRange = CelValue.Of(CelError.UintRange);

    public static CelValue Add(in CelValue left, in CelValue right, ref Frame frame)
    {
        switch (left.Kind, right.Kind)
        {
            case (CelKind.Int, CelKind.Int):
                var sum = unchecked(left.Int + right.Int);
                return ((left.Int ^ sum) & (right.Int ^ sum)) < 0 ? IntRange : CelValue.Of(sum);
            case (CelKind.Uint, CelKind.Uint):
                var total = unchecked(left.Uint + right.Uint);
                return total < left.Uint ? UintRange : CelValue.Of(total);
            case (CelKind.Double, CelKind.Double):
                return CelValue.Of(left.Double + right.Double);
            case (CelKind.String, CelKind.String):
                return frame.TakeText(left.String.Length + (long)right.String.Length)
                    ? CelValue.Of(left.String + right.String)
                    : CelValue.Of(CelError.Cost);
            case (CelKind.Bytes, CelKind.Bytes):
                return frame.TakeText(left.Bytes.Length + (long)right.Bytes.Length)
                    ? CelValue.Of([.. left.Bytes, .. right.Bytes])
                    : CelValue.Of(CelError.Cost);
            case (CelKind.List, CelKind.List):
                return frame.Take(left.List.Count + (long)right.List.Count)
                    ? CelValue.Of(new CelList([.. left.List.Items, .. right.List.Items]))
                    : CelValue.Of(CelError.Cost);
            case (CelKind.Timestamp, CelKind.Duration):
                return CelTime.Add(left, right.Duration);
            case (CelKind.Duration, CelKind.Timestamp):
                return CelTime.Add(right, left.Duration);
            case (CelKind.Duration, CelKind.Duration):
                return CelTime.ToDuration((Int128)left.Duration + right.Duration);
            default:
                return NoSuchOverload;
        }
    }

    public static CelValue Subtract(in CelValue left, in CelValue right, ref Frame frame)
    {
        switch (left.Kind, right.Kind)
        {
            case (CelKind.Int, CelKind.Int):
                var difference = unchecked(left.Int - right.Int);
                return ((left.Int ^ right.Int) & (left.Int ^ difference)) < 0 ? IntRange : CelValue.Of(difference);
            case (CelKind.Uint, CelKind.Uint):
                return left.Uint < right.Uint ? UintRange : CelValue.Of(left.Uint - right.Uint);
            case (CelKind.Double, CelKind.Double):
                return CelValue.Of(left.Double - right.Double);
            case (CelKind.Timestamp, CelKind.Timestamp):
                return CelTime.Between(left, right);
            case (CelKind.Timestamp, CelKind.Duration):
                return CelTime.Add(left, -(Int128)right.Duration);
            case (CelKind.Duration, CelKind.Duration):
                return CelTime.ToDuration((Int128)left.Duration - right.Duration);
            default:
                return NoSuchOverload;
        }
    }

    public static CelValue Multiply(in CelValue left, in CelValue right, ref Frame frame)
    {
        switch (left.Kind, right.Kind)
        {
            case (CelKind.Int, CelKind.Int):
                var product = (Int128)left.Int * right.Int;
                return product < long.MinValue || product > long.MaxValue ? IntRange : CelValue.Of((long)product);
            case (CelKind.Uint, CelKind.Uint):
                return Math.BigMul(left.Uint, right.Uint, out var low) == 0 ? CelValue.Of(low) : UintRange;
            case (CelKind.Double, CelKind.Double):
                return CelValue.Of(left.Double * right.Double);
            default:
                return NoSuchOverload;
        }
    }

    public static CelValue Divide(in CelValue left, in CelValue right, ref Frame frame)
    {
        switch (left.Kind, right.Kind)
        {
            case (CelKind.Int, CelKind.Int):
                return right.Int == 0 ? CelValue.Of(CelError.DivisionByZero)
                    : left.Int == long.MinValue && right.Int == -1 ? IntRange
                    : CelValue.Of(left.Int / right.Int);
            case (CelKind.Uint, CelKind.Uint):
                return right.Uint == 0 ? CelValue.Of(CelError.DivisionByZero) : CelValue.Of(left.Uint / right.Uint);
            case (CelKind.Double, CelKind.Double):
                return CelValue.Of(left.Double / right.Double);
            default:
                return NoSuchOverload;
        }
    }

    public static CelValue Modulo(in CelValue left, in CelValue right, ref Frame frame)
    {
        switch (left.Kind, right.Kind)
        {
            case (CelKind.Int, CelKind.Int):
                return right.Int == 0 ? CelValue.Of(CelError.ModulusByZero)
                    : left.Int == long.MinValue && right.Int == -1 ? IntRange
                    : CelValue.Of(left.Int % right.Int);
            case (CelKind.Uint, CelKind.Uint):
                return right.Uint == 0 ? CelValue.Of(CelError.ModulusByZero) : CelValue.Of(left.Uint % right.Uint);
            default:
                return NoSuchOverload;
        }
    }

    public static CelValue Negate(in CelValue value, ref Frame frame) => value.Kind switch
    {
        CelKind.Int => value.Int == long.MinValue ? IntRange : CelValue.Of(-value.Int),
        CelKind.Double => CelValue.Of(-value.Double),
        CelKind.Duration => CelTime.ToDuration(-(Int128)value.Duration),
        _ => NoSuchOverload,
    };

    public static CelValue Not(in CelValue value, ref Frame frame) => value.Kind == CelKind.Bool ? CelValue.Of(value.IsFalse) : NoSuchOverload;
}
