using Superpower.Display;

namespace Flux.Core.Expressions.Parsing;

/// <summary>The words and signs that an expression is made of.</summary>
internal enum CelToken
{
    [Token(Description = "name")]
    Identifier,

    [Token(Description = "quoted name")]
    QuotedIdentifier,

    [Token(Description = "reserved word")]
    Reserved,

    [Token(Description = "number")]
    Int,

    [Token(Description = "number")]
    Uint,

    [Token(Description = "number")]
    Double,

    [Token(Description = "string")]
    String,

    [Token(Description = "bytes")]
    Bytes,

    [Token(Example = "true")]
    True,

    [Token(Example = "false")]
    False,

    [Token(Example = "null")]
    Null,

    [Token(Category = "operator", Example = "in")]
    In,

    [Token(Category = "operator", Example = "?")]
    Question,

    [Token(Example = ":")]
    Colon,

    [Token(Category = "operator", Example = "||")]
    Or,

    [Token(Category = "operator", Example = "&&")]
    And,

    [Token(Category = "operator", Example = "==")]
    Equal,

    [Token(Category = "operator", Example = "!=")]
    NotEqual,

    [Token(Category = "operator", Example = "<")]
    Less,

    [Token(Category = "operator", Example = "<=")]
    LessOrEqual,

    [Token(Category = "operator", Example = ">")]
    Greater,

    [Token(Category = "operator", Example = ">=")]
    GreaterOrEqual,

    [Token(Category = "operator", Example = "+")]
    Plus,

    [Token(Category = "operator", Example = "-")]
    Minus,

    [Token(Category = "operator", Example = "*")]
    Star,

    [Token(Category = "operator", Example = "/")]
    Slash,

    [Token(Category = "operator", Example = "%")]
    Percent,

    [Token(Category = "operator", Example = "!")]
    Not,

    [Token(Example = ".")]
    Dot,

    [Token(Example = ",")]
    Comma,

    [Token(Example = "(")]
    OpenParenthesis,

    [Token(Example = ")")]
    CloseParenthesis,

    [Token(Example = "[")]
    OpenBracket,

    [Token(Example = "]")]
    CloseBracket,

    [Token(Example = "{")]
    OpenBrace,

    [Token(Example = "}")]
    CloseBrace,
}
