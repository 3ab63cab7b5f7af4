namespace Flux.Core.Expressions.Evaluation;

/// <summary><c>a &amp;&amp; b</c> or <c>a || b</c>: an operand that decides makes the others' errors irrelevant, whichever comes first.</summary>
internal sealed class LogicalNode(Node[] operands, bool decisive) : Node(Sum(operands) + 1)
{
    public override CelValue Evaluate(ref Frame frame)
    {
        var error = CelValue.Null;
        foreach (var operand in operands)
        {
            var value = operand.Evaluate(ref frame);
            if (value.Kind == CelKind.Bool)
            {
                if (value.IsTrue == decisive)
                {
                    return value;
                }
            }
            else if (!error.IsError)
            {
                error = value.IsError ? value : CelValue.Of(CelError.NoSuchOverload);
            }
        }

        return error.IsError ? error : CelValue.Of(!decisive);
    }
}
