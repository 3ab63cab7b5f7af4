namespace Flux.Core.Expressions.Evaluation;

/// <summary><c>cel.bind</c>: a value with a name. An error is one where the name is used.</summary>
internal sealed class BindNode(int slot, Node value, Node body) : Node(value.Size + body.Size + 1)
{
    public override CelValue Evaluate(ref Frame frame)
    {
        frame.Locals[slot] = value.Evaluate(ref frame);
        return body.Evaluate(ref frame);
    }
}
