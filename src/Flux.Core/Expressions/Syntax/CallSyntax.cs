using Superpower.Model;

namespace Flux.Core.Expressions.Syntax;

/// <summary>A function or operator with its arguments; a method's target stands first.</summary>
internal sealed class CallSyntax(Position position, string function, SyntaxNode? target, IReadOnlyList<SyntaxNode> arguments)
    : SyntaxNode(position, Above(target, arguments))
{
    public string Function => function;

    public SyntaxNode? Target => target;

    public IReadOnlyList<SyntaxNode> Arguments => arguments;
}
