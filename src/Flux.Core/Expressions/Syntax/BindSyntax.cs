using Superpower.Model;

namespace Flux.Core.Expressions.Syntax;

/// <summary><c>cel.bind(variable, value, body)</c>.</summary>
internal sealed class BindSyntax(Position position, IdentifierSyntax variable, SyntaxNode value, SyntaxNode body)
    : SyntaxNode(position, Above(value, [body]))
{
    public IdentifierSyntax Variable => variable;

    public SyntaxNode Value => value;

    public SyntaxNode Body => body;
}
