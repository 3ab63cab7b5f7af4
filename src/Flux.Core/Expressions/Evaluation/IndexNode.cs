namespace Flux.Core.Expressions.Evaluation;

/// <summary><c>operand[index]</c>.</summary>
internal sealed class IndexNode(Node operand, Node index) : Node(operand.Size + index.Size + 1)
{
    public override CelValue Evaluate(ref Frame frame)
    {
        var container = operand.Evaluate(ref frame);
        if (container.IsError)
        {
            return container;
        }

        var key = index.Evaluate(ref frame);
        if (key.IsError)
        {
            return key;
        }

        switch (container.Kind)
        {
            case CelKind.Map:
                return key.Kind == CelKind.String && (!frame.TakeText(key.String.Length) || !frame.Take(container.Map.CostOf(key.String)))
                    ? CelValue.Of(CelError.Cost)
                    : container.Map.TryGet(key, out var value) ? value
                    : key.Kind is CelKind.String or CelKind.Bool or CelKind.Int or CelKind.Uint or CelKind.Double
                        ? CelValue.Of(CelError.NoSuchKey(key.Kind == CelKind.String ? key.String : key.ToString()))
                        : CelValue.Of(CelError.KeyType);
            case CelKind.List:
                return TryGetPlace(key, out var place) && place >= 0 && place < container.List.Count
                    ? container.List.Items[(int)place]
                    : CelValue.Of(key.Kind is CelKind.Int or CelKind.Uint or CelKind.Double ? CelError.IndexRange : CelError.NoSuchOverload);
            default:
                return CelValue.Of(CelError.NoSuchOverload);
        }
    }

    // A number from JSON is a double; it is a place when it is whole.
    private static bool TryGetPlace(in CelValue key, out long place)
    {
        place = key.Kind switch
        {
            CelKind.Int => key.Int,
            CelKind.Uint => key.Uint <= int.MaxValue ? (long)key.Uint : -1,
            CelKind.Double => double.IsInteger(key.Double) && Math.Abs(key.Double) <= int.MaxValue ? (long)key.Double : -1,
            _ => -1,
        };
        return place >= 0;
    }
}
