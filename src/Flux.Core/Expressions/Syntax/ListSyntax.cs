using Superpower.Model;

namespace Flux.Core.Expressions.Syntax;

/// <summary><c>[a, b]</c>.</summary>
internal sealed class ListSyntax(Position position, IReadOnlyList<SyntaxNode> items) : SyntaxNode(position, Above(null, items))
{
    public IReadOnlyList<SyntaxNode> Items => items;
}
