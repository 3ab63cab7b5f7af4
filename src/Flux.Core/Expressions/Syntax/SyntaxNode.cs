using Superpower.Model;

namespace Flux.Core.Expressions.Syntax;

/// <summary>A part of a parsed expression.</summary>
/// <param name="position">Where it is in the text, for messages.</param>
/// <param name="depth">How deep the tree below it is.</param>
internal abstract class SyntaxNode(Position position, int depth)
{
    public Position Position => position;

    public int Depth { get; } = depth <= ExpressionLimits.MaxDepth
        ? depth
        : throw new ExpressionException(
            position.Line, position.Column, $"the expression is nested too deeply (more than {ExpressionLimits.MaxDepth} operations)");

    /// <summary>The depth of a node above these.</summary>
    protected static int Above(SyntaxNode? first, IEnumerable<SyntaxNode> others) =>
        Math.Max(first?.Depth ?? 0, others.Select(o => o.Depth).DefaultIfEmpty().Max()) + 1;
}
