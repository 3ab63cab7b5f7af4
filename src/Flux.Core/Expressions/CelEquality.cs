namespace Flux.Core.Expressions;

/// <summary>Equality and order of values.</summary>
internal static class CelEquality
{
    /// <summary>Says whether two values are equal. Lists, maps and long texts take a step for each item.</summary>
    /// <param name="left">A value.</param>
    /// <param name="right">Another.</param>
    /// <param name="steps">The steps that are left; below zero the answer means nothing.</param>
    public static bool AreEqual(in CelValue left, in CelValue right, ref int steps)
    {
        if (left.Kind != right.Kind)
        {
            return TryCompareNumbers(left, right, out var order) && order == 0;
        }

        switch (left.Kind)
        {
            case CelKind.String:
                if (left.String.Length != right.String.Length)
                {
                    return false;
                }

                steps -= left.String.Length / ExpressionLimits.CharactersPerStep;
                return steps >= 0 && string.Equals(left.String, right.String, StringComparison.Ordinal);
            case CelKind.Double:
                return left.Double == right.Double;
            case CelKind.Timestamp:
                return left.Seconds == right.Seconds && left.Nanoseconds == right.Nanoseconds;
            case CelKind.Bytes:
                steps -= left.Bytes.Length / ExpressionLimits.CharactersPerStep;
                return steps >= 0 && left.Bytes.AsSpan().SequenceEqual(right.Bytes);
            case CelKind.Type:
                return string.Equals(left.TypeName, right.TypeName, StringComparison.Ordinal);
            case CelKind.List:
                return ListsAreEqual(left.List, right.List, ref steps);
            case CelKind.Map:
                return MapsAreEqual(left.Map, right.Map, ref steps);
            case CelKind.Record:
                return ReferenceEquals(left.Record, right.Record);
            case CelKind.Error:
                return false;
            default:
                return left.Int == right.Int;
        }
    }

    /// <summary>Orders two values.</summary>
    /// <param name="left">A value.</param>
    /// <param name="right">Another.</param>
    /// <param name="order">Negative, zero or positive; 2 when there is no order, because one is not a number.</param>
    /// <returns>False when values of these types have no order.</returns>
    public static bool TryCompare(in CelValue left, in CelValue right, out int order)
    {
        order = 0;
        if (left.Kind != right.Kind)
        {
            return TryCompareNumbers(left, right, out order);
        }

        switch (left.Kind)
        {
            case CelKind.Double:
                order = Compare(left.Double, right.Double);
                return true;
            case CelKind.Int or CelKind.Bool or CelKind.Duration:
                order = left.Int.CompareTo(right.Int);
                return true;
            case CelKind.Uint:
                order = left.Uint.CompareTo(right.Uint);
                return true;
            case CelKind.String:
                order = Math.Sign(CompareText(left.String, right.String));
                return true;
            case CelKind.Bytes:
                order = Math.Sign(left.Bytes.AsSpan().SequenceCompareTo(right.Bytes));
                return true;
            case CelKind.Timestamp:
                order = left.Seconds == right.Seconds ? left.Nanoseconds.CompareTo(right.Nanoseconds) : left.Seconds.CompareTo(right.Seconds);
                return true;
            default:
                return false;
        }
    }

    // As the reference implementation does it, a whole number meets a double as a double: beyond 2^53 neighbours are equal then.
    private static bool TryCompareNumbers(in CelValue left, in CelValue right, out int order)
    {
        order = 0;
        switch (left.Kind, right.Kind)
        {
            case (CelKind.Double, CelKind.Int):
                order = Compare(left.Double, right.Int);
                return true;
            case (CelKind.Int, CelKind.Double):
                order = Reverse(Compare(right.Double, left.Int));
                return true;
            case (CelKind.Double, CelKind.Uint):
                order = Compare(left.Double, right.Uint);
                return true;
            case (CelKind.Uint, CelKind.Double):
                order = Reverse(Compare(right.Double, left.Uint));
                return true;
            case (CelKind.Int, CelKind.Uint):
                order = left.Int < 0 ? -1 : ((ulong)left.Int).CompareTo(right.Uint);
                return true;
            case (CelKind.Uint, CelKind.Int):
                order = right.Int < 0 ? 1 : left.Uint.CompareTo((ulong)right.Int);
                return true;
            default:
                return false;
        }
    }

    private static int Reverse(int order) => order == 2 ? 2 : -order;

    private static int Compare(double left, double right) => left < right ? -1 : left > right ? 1 : left == right ? 0 : 2;

    // By code point, as UTF-8 would order them: the halves of a pair sort behind everything else.
    private static int CompareText(string left, string right)
    {
        var length = Math.Min(left.Length, right.Length);
        var same = left.AsSpan(0, length).CommonPrefixLength(right.AsSpan(0, length));
        if (same == length)
        {
            return left.Length.CompareTo(right.Length);
        }

        var (l, r) = (left[same], right[same]);
        return char.IsSurrogate(l) == char.IsSurrogate(r) ? l.CompareTo(r) : char.IsSurrogate(l) ? 1 : -1;
    }

    private static bool ListsAreEqual(CelList left, CelList right, ref int steps)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        for (var i = 0; i < left.Count; i++)
        {
            if (--steps < 0 || !AreEqual(left.Items[i], right.Items[i], ref steps))
            {
                return false;
            }
        }

        return true;
    }

    private static bool MapsAreEqual(CelMap left, CelMap right, ref int steps)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        foreach (var key in left.Keys)
        {
            steps -= 1 + (key.Kind == CelKind.String ? left.CostOf(key.String) + right.CostOf(key.String) : 0);
            if (steps < 0 || !left.TryGet(key, out var mine) || !right.TryGet(key, out var other) || !AreEqual(mine, other, ref steps))
            {
                return false;
            }
        }

        return true;
    }
}
