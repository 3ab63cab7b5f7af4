using Flux.Core.Expressions.Syntax;
using Superpower.Model;

namespace Flux.Core.Expressions.Parsing;

/// <summary>The arguments of a call, and the place of its parenthesis, which is where a call that fits no function is reported.</summary>
internal sealed record ArgumentList(Position Position, SyntaxNode[] Arguments);
