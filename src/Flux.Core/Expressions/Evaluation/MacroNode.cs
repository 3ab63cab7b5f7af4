namespace Flux.Core.Expressions.Evaluation;

/// <summary>A macro: goes through the items of a list or the keys of a map.</summary>
internal abstract class MacroNode(Node range, int slot, int bodySize) : Node(range.Size + bodySize + 1)
{
    /// <summary>Gets what goes through the items, or an error.</summary>
    /// <returns>False when there is nothing to go through.</returns>
    protected bool TryGetItems(ref Frame frame, out CelValue[] keys, out CelValue value)
    {
        keys = [];
        value = range.Evaluate(ref frame);
        switch (value.Kind)
        {
            case CelKind.List:
                return true;
            case CelKind.Map:
                // Counted before they are copied.
                keys = frame.Take(value.Map.Count) ? [.. value.Map.Keys] : [];
                return true;
            case CelKind.Error:
                return false;
            default:
                value = CelValue.Of(CelError.NoSuchOverload);
                return false;
        }
    }

    /// <summary>Takes the next item.</summary>
    /// <returns>False at the end, or when the steps are used up.</returns>
    protected bool TryTakeTurn(ref Frame frame, in CelValue range, CelValue[] keys, int turn)
    {
        var items = range.Kind == CelKind.List ? range.List.Items : keys;
        if (turn >= items.Length || !frame.Take(bodySize))
        {
            return false;
        }

        frame.Locals[slot] = items[turn];
        return true;
    }
}
