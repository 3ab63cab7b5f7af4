namespace Flux.Core.Expressions.Evaluation;

/// <summary><c>item in container</c>.</summary>
internal sealed class InNode(Node item, Node container) : Node(item.Size + container.Size + 1)
{
    public override CelValue Evaluate(ref Frame frame)
    {
        var wanted = item.Evaluate(ref frame);
        if (wanted.IsError)
        {
            return wanted;
        }

        var among = container.Evaluate(ref frame);
        switch (among.Kind)
        {
            case CelKind.List:
                var items = among.List.Items;
                for (var i = 0; i < items.Length && frame.Take(1); i++)
                {
                    if (CelEquality.AreEqual(items[i], wanted, ref frame.Steps))
                    {
                        return CelValue.True;
                    }
                }

                return CelValue.False;
            case CelKind.Map:
                return wanted.Kind == CelKind.String && !frame.TakeText(wanted.String.Length)
                    ? CelValue.Of(CelError.Cost)
                    : CelValue.Of(among.Map.Contains(wanted));
            case CelKind.Error:
                return among;
            default:
                return CelValue.Of(CelError.NoSuchOverload);
        }
    }
}
