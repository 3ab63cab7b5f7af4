using Flux.Core.Expressions.Syntax;
using Superpower.Model;

namespace Flux.Core.Expressions.Parsing;

/// <summary>The macros: calls whose arguments are not values.</summary>
internal static class Macros
{
    public static SyntaxNode Has(Position position, SyntaxNode[] arguments) => arguments switch
    {
        [SelectSyntax { IsPresenceTest: false } select] => new SelectSyntax(select.Position, select.Operand, select.Name, isPresenceTest: true),
        _ => throw Fault(position, "has() takes one field selection, such as has(properties.temp)"),
    };

    /// <summary>Gives what a method call means if it is a macro.</summary>
    /// <returns>Null when it is an ordinary call.</returns>
    public static SyntaxNode? TryExpand(Position position, SyntaxNode target, string name, SyntaxNode[] arguments)
    {
        // How many variables, and whether a filter stands before the body.
        var (kind, variables, hasFilter) = (name, arguments.Length) switch
        {
            ("all", 2) => (MacroKind.All, 1, false),
            ("all", 3) => (MacroKind.All, 2, false),
            ("exists", 2) => (MacroKind.Exists, 1, false),
            ("exists", 3) => (MacroKind.Exists, 2, false),
            ("exists_one" or "existsOne", 2) => (MacroKind.ExistsOne, 1, false),
            ("exists_one" or "existsOne", 3) => (MacroKind.ExistsOne, 2, false),
            ("filter", 2) => (MacroKind.Filter, 1, false),
            ("map", 2) => (MacroKind.Map, 1, false),
            ("map", 3) => (MacroKind.Map, 1, true),
            ("transformList", 3) => (MacroKind.Map, 2, false),
            ("transformList", 4) => (MacroKind.Map, 2, true),
            ("transformMap", 3) => (MacroKind.TransformMap, 2, false),
            ("transformMap", 4) => (MacroKind.TransformMap, 2, true),
            ("bind", 3) when target is IdentifierSyntax { Name: "cel" } => (MacroKind.All, 0, false),
            _ => (MacroKind.All, -1, false),
        };
        return variables switch
        {
            < 0 => null,
            0 => new BindSyntax(position, Variable(arguments[0]), arguments[1], arguments[2]),
            _ => new MacroSyntax(
                position, kind, target, [.. arguments[..variables].Select(Variable)], hasFilter ? arguments[variables] : null, arguments[^1]),
        };
    }

    private static IdentifierSyntax Variable(SyntaxNode argument) =>
        argument as IdentifierSyntax is { IsAbsolute: false } variable
            ? variable
            : throw Fault(argument.Position, "this must be a simple name: the variable that takes each item");

    private static ExpressionException Fault(Position position, string reason) => new(position.Line, position.Column, reason);
}
