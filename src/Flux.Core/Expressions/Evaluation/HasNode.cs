namespace Flux.Core.Expressions.Evaluation;

/// <summary><c>has(operand.name)</c>.</summary>
internal sealed class HasNode(Node operand, string name) : Node(operand.Size + 1)
{
    private readonly CelValue _key = CelValue.Of(name);

    public override CelValue Evaluate(ref Frame frame)
    {
        var value = operand.Evaluate(ref frame);
        return value.Kind switch
        {
            CelKind.Map => CelValue.Of(value.Map.Contains(_key)),
            CelKind.Record => CelValue.Of(value.Record.Type.IndexOfMember(name) >= 0),
            CelKind.Error => value,
            _ => CelValue.Of(CelError.NoSuchOverload),
        };
    }
}
