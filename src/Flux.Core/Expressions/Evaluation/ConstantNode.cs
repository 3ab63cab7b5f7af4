namespace Flux.Core.Expressions.Evaluation;

/// <summary>A value that is known beforehand; in an unchecked expression also an error.</summary>
internal sealed class ConstantNode(CelValue value) : Node(size: 1)
{
    private readonly CelValue _value = value;

    public CelValue Value => _value;

    public override CelValue Evaluate(ref Frame frame) => _value;
}
