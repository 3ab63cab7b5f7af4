namespace Flux.Core.Expressions.Evaluation;

/// <summary>A member of a map or record by its name.</summary>
internal sealed class SelectNode(Node operand, string name) : Node(operand.Size + 1)
{
    // A missing property is ordinary: its error is made once.
    private readonly CelValue _missing = CelValue.Of(CelError.NoSuchKey(name));

    public override CelValue Evaluate(ref Frame frame)
    {
        var value = operand.Evaluate(ref frame);
        switch (value.Kind)
        {
            case CelKind.Map:
                return !frame.Take(value.Map.CostOf(name)) ? CelValue.Of(CelError.Cost)
                    : value.Map.TryGet(name, out var member) ? member
                    : _missing;
            case CelKind.Record:
                var index = value.Record.Type.IndexOfMember(name);
                return index < 0 ? _missing : frame.Take(value.Record.CostOf(index)) ? value.Record.Get(index) : CelValue.Of(CelError.Cost);
            case CelKind.Error:
                return value;
            default:
                return CelValue.Of(CelError.NoSuchOverload);
        }
    }
}
