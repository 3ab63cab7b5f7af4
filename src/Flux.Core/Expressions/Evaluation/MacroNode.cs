namespace Flux.Core.Expressions.Evaluation;

/// <summary>A macro: goes through the items of a list or the keys of a map.</summary>
/// <param name="range">What is gone through.</param>
/// <param name="slot">The place of the first variable; a second is behind it.</param>
/// <param name="isOverPairs">Whether there are two variables: place and item of a list, key and value of a map.</param>
/// <param name="bodySize">What a turn costs.</param>
internal abstract class MacroNode(Node range, int slot, bool isOverPairs, int bodySize) : Node(range.Size + bodySize + 1)
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
    protected bool TryTakeTurn(ref Frame frame, in CelValue among, CelValue[] keys, int turn)
    {
        var items = among.Kind == CelKind.List ? among.List.Items : keys;
        if (turn >= items.Length || !frame.Take(bodySize))
        {
            return false;
        }

        if (!isOverPairs)
        {
            frame.Locals[slot] = items[turn];
        }
        else if (among.Kind == CelKind.List)
        {
            frame.Locals[slot] = CelValue.Of((long)turn);
            frame.Locals[slot + 1] = items[turn];
        }
        else
        {
            frame.Locals[slot] = items[turn];
            if (items[turn].Kind == CelKind.String && !frame.Take(among.Map.CostOf(items[turn].String)))
            {
                return false;
            }

            frame.Locals[slot + 1] = among.Map.TryGet(items[turn], out var value) ? value : CelValue.Null;
        }

        return true;
    }
}
