using Flux.Core.Expressions.Syntax;
using Superpower.Model;

namespace Flux.Core.Expressions.Parsing;

/// <summary>The operators between two operands.</summary>
/// <remarks>The parser reads a chain of them flat, and the tree is made here: one level of recursion, and not one for each precedence.</remarks>
internal static class BinaryOperators
{
    /// <summary>Gives how strongly an operator binds; 0 for a token that is none between two operands.</summary>
    public static int Precedence(CelToken kind) => kind switch
    {
        CelToken.Or => 1,
        CelToken.And => 2,
        CelToken.Equal or CelToken.NotEqual or CelToken.In => 3,
        CelToken.Less or CelToken.LessOrEqual or CelToken.Greater or CelToken.GreaterOrEqual => 3,
        CelToken.Plus or CelToken.Minus => 4,
        CelToken.Star or CelToken.Slash or CelToken.Percent => 5,
        _ => 0,
    };

    private static string Function(CelToken kind) => kind switch
    {
        CelToken.Or => Operators.Or,
        CelToken.And => Operators.And,
        CelToken.Equal => Operators.Equal,
        CelToken.NotEqual => Operators.NotEqual,
        CelToken.Less => Operators.Less,
        CelToken.LessOrEqual => Operators.LessOrEqual,
        CelToken.Greater => Operators.Greater,
        CelToken.GreaterOrEqual => Operators.GreaterOrEqual,
        CelToken.In => Operators.In,
        CelToken.Plus => Operators.Add,
        CelToken.Minus => Operators.Subtract,
        CelToken.Star => Operators.Multiply,
        CelToken.Slash => Operators.Divide,
        _ => Operators.Modulo,
    };

    /// <summary>Builds the tree of a chain of operators, with two stacks and without recursion.</summary>
    public static SyntaxNode Combine(SyntaxNode first, (Token<CelToken> Operator, SyntaxNode Operand)[] others)
    {
        var operands = new Stack<SyntaxNode>([first]);
        var operators = new Stack<(Token<CelToken> Token, int Count)>();
        foreach (var (op, operand) in others)
        {
            while (operators.TryPeek(out var top) && Precedence(top.Token.Kind) > Precedence(op.Kind))
            {
                Reduce(operands, operators.Pop());
            }

            // a && b && c is one operation with three operands, so a long chain is not a deep tree. All others group to the left.
            var sameBefore = operators.TryPeek(out var same) && Precedence(same.Token.Kind) == Precedence(op.Kind);
            if (sameBefore && IsLogical(op.Kind))
            {
                operators.Push((same.Token, operators.Pop().Count + 1));
            }
            else
            {
                if (sameBefore)
                {
                    Reduce(operands, operators.Pop());
                }

                operators.Push((op, Count: 2));
            }

            operands.Push(operand);
        }

        while (operators.TryPop(out var op))
        {
            Reduce(operands, op);
        }

        return operands.Pop();
    }

    private static void Reduce(Stack<SyntaxNode> operands, (Token<CelToken> Token, int Count) op)
    {
        var arguments = new SyntaxNode[op.Count];
        for (var i = op.Count - 1; i >= 0; i--)
        {
            arguments[i] = operands.Pop();
        }

        operands.Push(new CallSyntax(op.Token.Position, Function(op.Token.Kind), target: null, arguments));
    }

    private static bool IsLogical(CelToken kind) => kind is CelToken.Or or CelToken.And;
}
