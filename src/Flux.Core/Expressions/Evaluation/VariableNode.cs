namespace Flux.Core.Expressions.Evaluation;

/// <summary>A declared variable.</summary>
internal sealed class VariableNode(int index) : Node(size: 1)
{
    public override CelValue Evaluate(ref Frame frame) => frame.Variables.GetVariable(index);
}
