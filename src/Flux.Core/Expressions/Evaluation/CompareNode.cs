using Flux.Core.Expressions.Syntax;

namespace Flux.Core.Expressions.Evaluation;

/// <summary><c>a &lt; b</c> and its like.</summary>
internal sealed class CompareNode(Node left, Node right, string function) : Node(left.Size + right.Size + 1)
{
    // What each order (-1, 0, 1, and 2 for none) answers.
    private readonly bool _ifLess = function is Operators.Less or Operators.LessOrEqual;
    private readonly bool _ifEqual = function is Operators.LessOrEqual or Operators.GreaterOrEqual;
    private readonly bool _ifGreater = function is Operators.Greater or Operators.GreaterOrEqual;

    public override CelValue Evaluate(ref Frame frame)
    {
        var one = left.Evaluate(ref frame);
        if (one.IsError)
        {
            return one;
        }

        var other = right.Evaluate(ref frame);
        if (other.IsError)
        {
            return other;
        }

        if (one.Kind == CelKind.String && other.Kind == CelKind.String && !frame.TakeText(Math.Min(one.String.Length, other.String.Length)))
        {
            return CelValue.Of(CelError.Cost);
        }

        return CelEquality.TryCompare(one, other, out var order)
            ? CelValue.Of(order switch { < 0 => _ifLess, 0 => _ifEqual, 1 => _ifGreater, _ => false })
            : CelValue.Of(CelError.NoSuchOverload);
    }
}
