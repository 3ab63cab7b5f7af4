namespace Flux.Core.Expressions.Evaluation;

/// <summary><c>condition ? yes : no</c>.</summary>
internal sealed class ConditionalNode(Node condition, Node yes, Node no) : Node(condition.Size + yes.Size + no.Size + 1)
{
    public override CelValue Evaluate(ref Frame frame)
    {
        var value = condition.Evaluate(ref frame);
        return value.Kind == CelKind.Bool ? (value.IsTrue ? yes : no).Evaluate(ref frame)
            : value.IsError ? value
            : CelValue.Of(CelError.NoSuchOverload);
    }
}
