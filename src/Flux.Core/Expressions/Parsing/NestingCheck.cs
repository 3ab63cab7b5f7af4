using Superpower.Model;

namespace Flux.Core.Expressions.Parsing;

/// <summary>Refuses what is nested too deeply, before the parser runs.</summary>
/// <remarks>It recurses once for each bracket and each "?", and the stack is not for a text to fill.</remarks>
internal static class NestingCheck
{
    /// <summary>Counts through the tokens.</summary>
    /// <exception cref="ExpressionException">Something is nested too deeply.</exception>
    public static void Run(TokenList<CelToken> tokens)
    {
        var choices = new Stack<int>();
        choices.Push(0);
        var depth = 0;
        foreach (var token in tokens)
        {
            switch (token.Kind)
            {
                case CelToken.OpenParenthesis or CelToken.OpenBracket or CelToken.OpenBrace:
                    choices.Push(0);
                    depth++;
                    break;
                case CelToken.CloseParenthesis or CelToken.CloseBracket or CelToken.CloseBrace when choices.Count > 1:
                    depth -= choices.Pop() + 1;
                    break;
                case CelToken.Question:
                    choices.Push(choices.Pop() + 1);
                    depth++;
                    break;
                case CelToken.Comma:
                    depth -= choices.Pop();
                    choices.Push(0);
                    break;
                default:
                    break;
            }

            if (depth > ExpressionLimits.MaxNesting)
            {
                var (line, column) = (token.Position.Line, token.Position.Column);
                throw new ExpressionException(line, column, $"the expression is nested too deeply (more than {ExpressionLimits.MaxNesting} levels)");
            }
        }
    }
}
