namespace Flux.Core.Expressions.Evaluation;

/// <summary><c>filter</c> and <c>map</c>: a list of the items, or of what is made of them, for which the condition holds.</summary>
/// <param name="range">What is gone through.</param>
/// <param name="slot">The place of the macro's first variable.</param>
/// <param name="isOverPairs">Whether it has two.</param>
/// <param name="condition">What an item must fulfil; null when all are taken.</param>
/// <param name="transform">What is made of an item; null when it is taken as it is.</param>
internal sealed class CollectNode(Node range, int slot, bool isOverPairs, Node? condition, Node? transform)
    : MacroNode(range, slot, isOverPairs, (condition?.Size ?? 0) + (transform?.Size ?? 0))
{
    private readonly int _slot = slot;

    public override CelValue Evaluate(ref Frame frame)
    {
        if (!TryGetItems(ref frame, out var keys, out var among))
        {
            return among;
        }

        var found = new List<CelValue>();
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

            var value = transform is null ? frame.Locals[_slot] : transform.Evaluate(ref frame);
            if (value.IsError)
            {
                return value;
            }

            found.Add(value);
        }

        return CelValue.Of(new CelList([.. found]));
    }
}
