using Superpower.Model;

namespace Flux.Core.Expressions.Syntax;

/// <summary><c>operand.name</c>, or <c>has(operand.name)</c>.</summary>
internal sealed class SelectSyntax(Position position, SyntaxNode operand, string name, bool isPresenceTest)
    : SyntaxNode(position, operand.Depth + 1)
{
    public SyntaxNode Operand => operand;

    public string Name => name;

    public bool IsPresenceTest => isPresenceTest;
}
