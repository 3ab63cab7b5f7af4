namespace Flux.Core.Expressions.Evaluation;

/// <summary>What one evaluation works with.</summary>
internal struct Frame(IVariableSource variables, CelValue[] locals, int steps)
{
    public readonly IVariableSource Variables = variables;

    /// <summary>The variables of the macros that are being evaluated.</summary>
    public readonly CelValue[] Locals = locals;

    /// <summary>The steps that are left. Below zero the result no longer matters, and every loop ends.</summary>
    public int Steps = steps;

    /// <summary>Takes steps.</summary>
    /// <returns>False when there are none left.</returns>
    public bool Take(long count)
    {
        // Once below zero it stays there: later charges cannot bring it back around.
        Steps = Steps < 0 || count > Steps ? -1 : Steps - (int)count;
        return Steps >= 0;
    }

    /// <summary>Takes the steps for so many characters or bytes.</summary>
    public bool TakeText(long length) => Take(length / ExpressionLimits.CharactersPerStep);
}
