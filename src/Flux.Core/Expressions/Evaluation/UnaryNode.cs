using Flux.Core.Expressions.Functions;

namespace Flux.Core.Expressions.Evaluation;

/// <summary>A call of a function of one value.</summary>
internal sealed class UnaryNode(UnaryFunction function, Node operand) : Node(operand.Size + 1)
{
    public override CelValue Evaluate(ref Frame frame)
    {
        var value = operand.Evaluate(ref frame);
        return value.IsError ? value : function(value, ref frame);
    }
}
