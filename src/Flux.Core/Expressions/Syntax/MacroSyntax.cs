using Superpower.Model;

namespace Flux.Core.Expressions.Syntax;

/// <summary><c>range.all(variable, body)</c> and its like. With two variables they take place and item, or key and value.</summary>
internal sealed class MacroSyntax(
    Position position, MacroKind kind, SyntaxNode range, IdentifierSyntax[] variables, SyntaxNode? filter, SyntaxNode body)
    : SyntaxNode(position, Above(range, filter is null ? [body] : [filter, body]))
{
    public MacroKind Kind => kind;

    public SyntaxNode Range => range;

    public IReadOnlyList<IdentifierSyntax> Variables => variables;

    public SyntaxNode? Filter => filter;

    public SyntaxNode Body => body;
}
