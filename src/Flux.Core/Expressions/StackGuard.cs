using System.Runtime.CompilerServices;

namespace Flux.Core.Expressions;

/// <summary>Refuses an expression when the stack is nearly used up. Its nesting is bounded; how much its caller has left of the stack is not.</summary>
internal static class StackGuard
{
    /// <summary>Checks before a recursion.</summary>
    /// <exception cref="ExpressionException">There is too little left.</exception>
    public static void Check()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new ExpressionException(1, 1, "the expression is nested too deeply for the stack that is left");
        }
    }
}
