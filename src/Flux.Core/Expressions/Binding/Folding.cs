using Flux.Core.Expressions.Evaluation;

namespace Flux.Core.Expressions.Binding;

/// <summary>What is known before anything is evaluated.</summary>
internal static class Folding
{
    /// <summary>What is known before anything is evaluated is evaluated once, here, unless it fails: then it fails where it stands.</summary>
    public static Node Fold(Node node, IEnumerable<Node> operands)
    {
        if (Constants(operands) is null)
        {
            return node;
        }

        var frame = new Frame(NoVariables.Instance, [], ExpressionLimits.DefaultSteps);
        var value = node.Evaluate(ref frame);
        return value.IsError || frame.Steps < 0 ? node : new ConstantNode(value);
    }

    private static CelValue[]? Constants(IEnumerable<Node> nodes)
    {
        var values = new List<CelValue>();
        foreach (var node in nodes)
        {
            if (node is not ConstantNode constant || constant.Value.IsError)
            {
                return null;
            }

            values.Add(constant.Value);
        }

        return [.. values];
    }
}
