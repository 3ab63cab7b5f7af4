namespace Flux.Core.Expressions.Evaluation;

/// <summary><c>[a, b]</c>.</summary>
internal sealed class ListNode(Node[] items) : Node(Sum(items) + 1)
{
    public override CelValue Evaluate(ref Frame frame)
    {
        var values = new CelValue[items.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = items[i].Evaluate(ref frame);
            if (values[i].IsError)
            {
                return values[i];
            }
        }

        return CelValue.Of(new CelList(values));
    }
}
