namespace Flux.Core.Expressions.Evaluation;

/// <summary><c>exists_one</c>: exactly one item; an error of any item is the result.</summary>
internal sealed class ExistsOneNode(Node range, int slot, bool isOverPairs, Node body) : MacroNode(range, slot, isOverPairs, body.Size)
{
    public override CelValue Evaluate(ref Frame frame)
    {
        if (!TryGetItems(ref frame, out var keys, out var among))
        {
            return among;
        }

        var count = 0;
        for (var turn = 0; TryTakeTurn(ref frame, among, keys, turn); turn++)
        {
            var value = body.Evaluate(ref frame);
            if (value.Kind != CelKind.Bool)
            {
                return value.IsError ? value : CelValue.Of(CelError.NoSuchOverload);
            }

            count += value.IsTrue ? 1 : 0;
        }

        return CelValue.Of(count == 1);
    }
}
