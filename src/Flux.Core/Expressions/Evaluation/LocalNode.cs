namespace Flux.Core.Expressions.Evaluation;

/// <summary>The variable of a macro.</summary>
internal sealed class LocalNode(int slot) : Node(size: 1)
{
    public override CelValue Evaluate(ref Frame frame) => frame.Locals[slot];
}
