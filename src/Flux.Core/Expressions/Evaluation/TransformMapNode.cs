namespace Flux.Core.Expressions.Evaluation;

/// <summary><c>transformMap</c>: a map of the same keys, for which the condition holds, with other values.</summary>
internal sealed class TransformMapNode(Node range, int slot, Node? condition, Node transform)
    : MacroNode(range, slot, isOverPairs: true, (condition?.Size ?? 0) + transform.Size)
{
    private readonly int _slot = slot;

    public override CelValue Evaluate(ref Frame frame)
    {
        if (!TryGetItems(ref frame, out var keys, out var among))
        {
            return among;
        }

        var made = new CelDictionary(capacity: 4);
        for (var turn = 0; TryTakeTurn(ref frame, among, keys, turn); turn++)
        {
            if (condition is not null)
            {
                var holds = condition.Evaluate(ref frame);
                if (holds.Kind != CelKind.Bool)
                {
                    return holds.IsError ? holds : CelValue.Of(CelError.NoSuchOverload);
                }

                if (holds.IsFalse)
                {
                    continue;
                }
            }

            var key = frame.Locals[_slot];
            var value = transform.Evaluate(ref frame);
            if (value.IsError)
            {
                return value;
            }

            made.Set(key, value);
        }

        return CelValue.Of(made);
    }
}
