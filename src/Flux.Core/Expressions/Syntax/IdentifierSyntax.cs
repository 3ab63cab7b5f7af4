using Superpower.Model;

namespace Flux.Core.Expressions.Syntax;

/// <summary>A name; with a dot before it one that no variable of a macro hides.</summary>
internal sealed class IdentifierSyntax(Position position, string name, bool isAbsolute) : SyntaxNode(position, depth: 1)
{
    public string Name => name;

    public bool IsAbsolute => isAbsolute;
}
