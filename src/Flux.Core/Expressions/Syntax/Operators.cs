namespace Flux.Core.Expressions.Syntax;

/// <summary>The operators as functions, by the names that the language's specification gives them.</summary>
internal static class Operators
{
    public const string Conditional = "_?_:_";
    public const string And = "_&&_";
    public const string Or = "_||_";
    public const string Not = "!_";
    public const string Negate = "-_";
    public const string Equal = "_==_";
    public const string NotEqual = "_!=_";
    public const string Less = "_<_";
    public const string LessOrEqual = "_<=_";
    public const string Greater = "_>_";
    public const string GreaterOrEqual = "_>=_";
    public const string In = "@in";
    public const string Add = "_+_";
    public const string Subtract = "_-_";
    public const string Multiply = "_*_";
    public const string Divide = "_/_";
    public const string Modulo = "_%_";
    public const string Index = "_[_]";

    /// <summary>An operator as people write it.</summary>
    public static string Show(string function) => function switch
    {
        In => "in",
        Index => "[ ]",
        Conditional => "? :",
        _ => function.Trim('_'),
    };
}
