namespace Flux.Core.Expressions.Evaluation;

/// <summary>A member of a record whose type is known.</summary>
internal sealed class MemberNode(Node operand, int index) : Node(operand.Size + 1)
{
    public override CelValue Evaluate(ref Frame frame)
    {
        var value = operand.Evaluate(ref frame);
        if (value.Kind != CelKind.Record)
        {
            return value.IsError ? value : CelValue.Of(CelError.NoSuchOverload);
        }

        return frame.Take(value.Record.CostOf(index)) ? value.Record.Get(index) : CelValue.Of(CelError.Cost);
    }
}
