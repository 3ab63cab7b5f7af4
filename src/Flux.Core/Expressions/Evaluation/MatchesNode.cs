using Flux.Core.Expressions.Functions;

namespace Flux.Core.Expressions.Evaluation;

/// <summary><c>text.matches(pattern)</c> with a pattern that is known beforehand.</summary>
internal sealed class MatchesNode(Node text, Pattern pattern) : Node(text.Size + 1)
{
    public override CelValue Evaluate(ref Frame frame)
    {
        var value = text.Evaluate(ref frame);
        return value.IsError ? value : pattern.Matches(value, ref frame);
    }
}
