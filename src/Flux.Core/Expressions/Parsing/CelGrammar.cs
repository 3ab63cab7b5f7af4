using Flux.Core.Expressions.Syntax;
using Superpower;
using Superpower.Model;
using Superpower.Parsers;

namespace Flux.Core.Expressions.Parsing;

using NodeParser = TokenListParser<CelToken, SyntaxNode>;

/// <summary>The grammar. One token decides each alternative, so nothing is ever read twice.</summary>
internal static class CelGrammar
{
    // Every recursion of the parser goes through here.
    private static readonly NodeParser Whole = input =>
    {
        StackGuard.Check();
        return Conditional!(input);
    };

    private static readonly TokenListParser<CelToken, ArgumentList?> Call =
        from open in Token.EqualTo(CelToken.OpenParenthesis)
        from arguments in Whole.ManyDelimitedBy(Token.EqualTo(CelToken.Comma), end: Token.EqualTo(CelToken.CloseParenthesis))
        select new ArgumentList(open.Position, arguments);

    private static readonly NodeParser ListLiteral =
        from open in Token.EqualTo(CelToken.OpenBracket)
        from items in Items(Whole, CelToken.CloseBracket)
        select (SyntaxNode)new ListSyntax(open.Position, items);

    private static readonly NodeParser MapLiteral =
        from open in Token.EqualTo(CelToken.OpenBrace)
        from entries in Items(
            from key in Whole
            from colon in Token.EqualTo(CelToken.Colon)
            from value in Whole
            select (key, value),
            CelToken.CloseBrace)
        select (SyntaxNode)new MapSyntax(open.Position, entries);

    private static readonly NodeParser Name =
        from dot in Token.EqualTo(CelToken.Dot).Select(token => (Token<CelToken>?)token).OptionalOrDefault()
        from name in Token.EqualTo(CelToken.Identifier).Or(Token.EqualTo(CelToken.Reserved))
        from call in Call.OptionalOrDefault()
        select MakeName(dot, name, call);

    private static readonly NodeParser Primary =
        Constant(CelToken.Int, token => Literal.Int(token, isNegative: false))
            .Or(Constant(CelToken.Uint, Literal.Uint))
            .Or(Constant(CelToken.Double, token => Literal.Double(token, isNegative: false)))
            .Or(Constant(CelToken.String, Literal.String))
            .Or(Constant(CelToken.Bytes, Literal.Bytes))
            .Or(Constant(CelToken.True, _ => CelValue.True))
            .Or(Constant(CelToken.False, _ => CelValue.False))
            .Or(Constant(CelToken.Null, _ => CelValue.Null))
            .Or(Name)
            .Or(Whole.Between(Token.EqualTo(CelToken.OpenParenthesis), Token.EqualTo(CelToken.CloseParenthesis)))
            .Or(ListLiteral)
            .Or(MapLiteral);

    private static readonly TokenListParser<CelToken, Func<SyntaxNode, SyntaxNode>> Selection =
        from dot in Token.EqualTo(CelToken.Dot)
        from name in Token.EqualTo(CelToken.Identifier).Or(Token.EqualTo(CelToken.Reserved)).Or(Token.EqualTo(CelToken.QuotedIdentifier))
        from call in Call.OptionalOrDefault()
        select new Func<SyntaxNode, SyntaxNode>(operand => MakeSelection(operand, name, call));

    private static readonly TokenListParser<CelToken, Func<SyntaxNode, SyntaxNode>> Indexing =
        from open in Token.EqualTo(CelToken.OpenBracket)
        from index in Whole
        from close in Token.EqualTo(CelToken.CloseBracket)
        select new Func<SyntaxNode, SyntaxNode>(operand => new CallSyntax(open.Position, Operators.Index, target: null, [operand, index]));

    private static readonly TokenListParser<CelToken, Func<SyntaxNode, SyntaxNode>> MessageLiteral =
        Token.EqualTo(CelToken.OpenBrace).Select<CelToken, Token<CelToken>, Func<SyntaxNode, SyntaxNode>>(
            open => throw Fault(open, "protobuf messages are not supported; a map is written {\"key\": value}"));

    private static readonly NodeParser Member =
        from primary in Primary
        from suffixes in Selection.Or(Indexing).Or(MessageLiteral).Many()
        select suffixes.Aggregate(primary, (operand, suffix) => suffix(operand));

    private static readonly NodeParser Unary =
        (from signs in Token.EqualTo(CelToken.Not).AtLeastOnce()
         from operand in Member
         select signs.Reverse().Aggregate(operand, (inner, sign) => new CallSyntax(sign.Position, Operators.Not, target: null, [inner])))
        .Or(from sign in Token.EqualTo(CelToken.Minus)
            from operand in Negative(sign)
            select operand)
        .Or(Member)
        .Named("expression");

    private static readonly TokenListParser<CelToken, Token<CelToken>> BinaryOperator =
        Token.Matching<CelToken>(kind => BinaryOperators.Precedence(kind) > 0, "operator");

    private static readonly NodeParser Binary =
        from first in Unary
        from others in BinaryOperator.Then(op => Unary.Select(operand => (Operator: op, Operand: operand))).Many()
        select others.Length == 0 ? first : BinaryOperators.Combine(first, others);

    private static readonly NodeParser Conditional =
        from condition in Binary
        from choice in (
            from question in Token.EqualTo(CelToken.Question)
            from yes in Binary
            from colon in Token.EqualTo(CelToken.Colon)
            from no in Whole
            select ((Token<CelToken> Question, SyntaxNode Yes, SyntaxNode No)?)(question, yes, no)).OptionalOrDefault()
        select choice is { } c ? new CallSyntax(c.Question.Position, Operators.Conditional, target: null, [condition, c.Yes, c.No]) : condition;

    private static readonly NodeParser Text = Whole.AtEnd();

    /// <summary>Parses a text.</summary>
    /// <exception cref="ExpressionException">It is too long, too deep or no expression.</exception>
    public static SyntaxNode Read(string text)
    {
        if (text.Length > ExpressionLimits.MaxLength)
        {
            throw new ExpressionException(1, 1, $"the expression is longer than {ExpressionLimits.MaxLength} characters");
        }

        var tokens = CelTokenizer.Instance.TryTokenize(text);
        if (!tokens.HasValue)
        {
            throw new ExpressionException(tokens.ErrorPosition.Line, tokens.ErrorPosition.Column, tokens.ErrorMessage ?? "unexpected character");
        }

        NestingCheck.Run(tokens.Value);
        var result = Text.TryParse(tokens.Value);
        if (!result.HasValue)
        {
            var position = result.ErrorPosition.HasValue ? result.ErrorPosition : new TextSpan(text).Skip(text.Length).Position;
            throw new ExpressionException(position.Line, position.Column, result.FormatErrorMessageFragment());
        }

        return result.Value;
    }

    private static NodeParser Constant(CelToken kind, Func<Token<CelToken>, CelValue> read) =>
        Token.EqualTo(kind).Select(token => (SyntaxNode)new ConstantSyntax(token.Position, read(token)));

    /// <summary>Items between commas, one more comma allowed behind the last, and the sign that ends them.</summary>
    private static TokenListParser<CelToken, List<T>> Items<T>(TokenListParser<CelToken, T> item, CelToken end) => input =>
    {
        var items = new List<T>();
        var rest = input;
        while (true)
        {
            var token = rest.ConsumeToken();
            if (token.HasValue && token.Value.Kind == end)
            {
                return TokenListParserResult.Value(items, input, token.Remainder);
            }

            if (items.Count > 0)
            {
                if (!token.HasValue || token.Value.Kind != CelToken.Comma)
                {
                    return TokenListParserResult.Empty<CelToken, List<T>>(rest, [CelToken.Comma, end]);
                }

                rest = token.Remainder;
                token = rest.ConsumeToken();
                if (token.HasValue && token.Value.Kind == end)
                {
                    return TokenListParserResult.Value(items, input, token.Remainder);
                }
            }

            var result = item(rest);
            if (!result.HasValue)
            {
                return TokenListParserResult.CastEmpty<CelToken, T, List<T>>(result);
            }

            items.Add(result.Value);
            rest = result.Remainder;
        }
    };

    /// <summary>What follows a minus sign: a number is read with its sign, or the smallest int could not be written.</summary>
    private static NodeParser Negative(Token<CelToken> sign) => input =>
    {
        var token = input.ConsumeToken();
        if (token.HasValue && token.Value.Kind is CelToken.Int or CelToken.Double)
        {
            var value = token.Value.Kind == CelToken.Int
                ? Literal.Int(token.Value, isNegative: true)
                : Literal.Double(token.Value, isNegative: true);
            var next = token.Remainder.ConsumeToken();
            if (!next.HasValue || next.Value.Kind is not (CelToken.Dot or CelToken.OpenBracket))
            {
                return TokenListParserResult.Value<CelToken, SyntaxNode>(new ConstantSyntax(sign.Position, value), input, token.Remainder);
            }
        }

        var more = 0;
        var rest = input;
        for (; token.HasValue && token.Value.Kind == CelToken.Minus; token = rest.ConsumeToken())
        {
            more++;
            rest = token.Remainder;
        }

        var operand = Member(rest);
        if (!operand.HasValue)
        {
            return operand;
        }

        // An even number of signs is none, as in the reference implementation.
        var node = more % 2 == 1 ? operand.Value : new CallSyntax(sign.Position, Operators.Negate, target: null, [operand.Value]);
        return TokenListParserResult.Value(node, input, operand.Remainder);
    };

    private static SyntaxNode MakeName(Token<CelToken>? dot, Token<CelToken> name, ArgumentList? call)
    {
        var text = name.ToStringValue();
        if (name.Kind == CelToken.Reserved)
        {
            throw Fault(name, $"'{text}' is a reserved word");
        }

        if (call is null)
        {
            return new IdentifierSyntax(name.Position, text, isAbsolute: dot is not null);
        }

        return string.Equals(text, "has", StringComparison.Ordinal) && dot is null
            ? Macros.Has(call.Position, call.Arguments)
            : new CallSyntax(call.Position, text, target: null, call.Arguments);
    }

    private static SyntaxNode MakeSelection(SyntaxNode operand, Token<CelToken> name, ArgumentList? call)
    {
        if (name.Kind == CelToken.QuotedIdentifier)
        {
            return call is null
                ? new SelectSyntax(name.Position, operand, name.ToStringValue()[1..^1], isPresenceTest: false)
                : throw Fault(name, "a function's name cannot be quoted");
        }

        var text = name.ToStringValue();
        return call is null
            ? new SelectSyntax(name.Position, operand, text, isPresenceTest: false)
            : Macros.TryExpand(call.Position, operand, text, call.Arguments) ?? new CallSyntax(call.Position, text, operand, call.Arguments);
    }

    private static ExpressionException Fault(Token<CelToken> token, string reason) => new(token.Position.Line, token.Position.Column, reason);
}
