namespace Flux.Core.Expressions.Evaluation;

/// <summary><c>a == b</c> or <c>a != b</c>.</summary>
internal sealed class EqualNode(Node left, Node right, bool isEqual) : Node(left.Size + right.Size + 1)
{
    public override CelValue Evaluate(ref Frame frame)
    {
        var one = left.Evaluate(ref frame);
        if (one.IsError)
        {
            return one;
        }

        var other = right.Evaluate(ref frame);
        return other.IsError ? other : CelValue.Of(CelEquality.AreEqual(one, other, ref frame.Steps) == isEqual);
    }
}
