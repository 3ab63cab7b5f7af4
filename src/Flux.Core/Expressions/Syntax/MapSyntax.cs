using Superpower.Model;

namespace Flux.Core.Expressions.Syntax;

/// <summary><c>{key: value}</c>.</summary>
internal sealed class MapSyntax(Position position, IReadOnlyList<(SyntaxNode Key, SyntaxNode Value)> entries)
    : SyntaxNode(position, Above(null, entries.SelectMany(e => new[] { e.Key, e.Value })))
{
    public IReadOnlyList<(SyntaxNode Key, SyntaxNode Value)> Entries => entries;
}
