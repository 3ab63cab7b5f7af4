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
    public static SyntaxNode? TryExpand(Position position, SyntaxNode target, string name, SyntaxNode[] arguments) => (name, arguments.Length) switch
    {
        ("all", 2) => Make(position, MacroKind.All, target, arguments),
        ("exists", 2) => Make(position, MacroKind.Exists, target, arguments),
        ("exists_one" or "existsOne", 2) => Make(position, MacroKind.ExistsOne, target, arguments),
        ("filter", 2) => Make(position, MacroKind.Filter, target, arguments),
        ("map", 2) => Make(position, MacroKind.Map, target, arguments),
        ("map", 3) => new MacroSyntax(position, MacroKind.Map, target, Variable(arguments[0]), arguments[1], arguments[2]),
        _ => null,
    };

    private static MacroSyntax Make(Position position, MacroKind kind, SyntaxNode target, SyntaxNode[] arguments) =>
        new(position, kind, target, Variable(arguments[0]), filter: null, arguments[1]);

    private static IdentifierSyntax Variable(SyntaxNode argument) =>
        argument as IdentifierSyntax is { IsAbsolute: false } variable
            ? variable
            : throw Fault(argument.Position, "the first argument must be a simple name: the variable that takes each item");

    private static ExpressionException Fault(Position position, string reason) => new(position.Line, position.Column, reason);
}
