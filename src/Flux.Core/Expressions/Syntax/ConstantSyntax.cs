using Superpower.Model;

namespace Flux.Core.Expressions.Syntax;

/// <summary>A literal.</summary>
internal sealed class ConstantSyntax(Position position, CelValue value) : SyntaxNode(position, depth: 1)
{
    public CelValue Value => value;
}
