namespace Flux.Core.Expressions.Evaluation;

/// <summary><c>all</c> and <c>exists</c>: an item that decides makes the others' errors irrelevant.</summary>
internal sealed class QuantifierNode(Node range, int slot, bool isOverPairs, Node body, bool decisive)
    : MacroNode(range, slot, isOverPairs, body.Size)
{
    public override CelValue Evaluate(ref Frame frame)
    {
        if (!TryGetItems(ref frame, out var keys, out var among))
        {
            return among;
        }

        var error = CelValue.Null;
        for (var turn = 0; TryTakeTurn(ref frame, among, keys, turn); turn++)
        {
            var value = body.Evaluate(ref frame);
            if (value.Kind == CelKind.Bool)
            {
                if (value.IsTrue == decisive)
                {
                    return value;
                }
            }
            else if (!error.IsError)
            {
                error = value.IsError ? value : CelValue.Of(CelError.NoSuchOverload);
            }
        }

        return error.IsError ? error : CelValue.Of(!decisive);
    }
}
