using Flux.Core.Expressions.Functions;

namespace Flux.Core.Expressions.Evaluation;

/// <summary>A call of a function of two values.</summary>
internal sealed class BinaryNode(BinaryFunction function, Node left, Node right) : Node(left.Size + right.Size + 1)
{
    public override CelValue Evaluate(ref Frame frame)
    {
        var one = left.Evaluate(ref frame);
        if (one.IsError)
        {
            return one;
        }

        var other = right.Evaluate(ref frame);
        return other.IsError ? other : function(one, other, ref frame);
    }
}
