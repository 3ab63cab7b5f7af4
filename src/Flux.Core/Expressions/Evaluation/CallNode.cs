using Flux.Core.Expressions.Functions;

namespace Flux.Core.Expressions.Evaluation;

/// <summary>A call of a function with more than two arguments, or none.</summary>
internal sealed class CallNode(Function function, Node[] arguments) : Node(Sum(arguments) + 1)
{
    public override CelValue Evaluate(ref Frame frame)
    {
        var values = new CelValue[arguments.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = arguments[i].Evaluate(ref frame);
            if (values[i].IsError)
            {
                return values[i];
            }
        }

        return function(values, ref frame);
    }
}
