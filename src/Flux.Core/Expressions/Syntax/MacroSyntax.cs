using Superpower.Model;

namespace Flux.Core.Expressions.Syntax;

/// <summary><c>range.all(variable, body)</c> and its like; <c>map</c> may have a filter between the two.</summary>
internal sealed class MacroSyntax(Position position, MacroKind kind, SyntaxNode range, IdentifierSyntax variable, SyntaxNode? filter, SyntaxNode body)
    : SyntaxNode(position, Above(range, filter is null ? [body] : [filter, body]))
{
    public MacroKind Kind => kind;

    public SyntaxNode Range => range;

    public IdentifierSyntax Variable => variable;

    public SyntaxNode? Filter => filter;

    public SyntaxNode Body => body;
}
