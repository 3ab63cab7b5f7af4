namespace Flux.Core.Expressions;

/// <summary>What bounds an expression, so that no text and no data can make one costly.</summary>
public static class ExpressionLimits
{
    /// <summary>The longest text, in UTF-16 code units.</summary>
    public const int MaxLength = 4096;

    /// <summary>How deep brackets and <c>? :</c> may be nested. The parser recurses once for each, so this bounds its stack.</summary>
    public const int MaxNesting = 64;

    /// <summary>
    /// How deep the tree of operations may be: <c>a + a + a + …</c> nests without a bracket. A chain of <c>&amp;&amp;</c> or <c>||</c> is one operation.
    /// </summary>
    public const int MaxDepth = 250;

    /// <summary>The longest pattern of <c>matches</c>, in UTF-16 code units.</summary>
    public const int MaxPatternLength = 512;

    /// <summary>
    /// How many steps an evaluation may take unless its caller says otherwise: one for each operation of a macro's body in each turn, item compared,
    /// or 16 characters handled.
    /// </summary>
    public const int DefaultSteps = 10_000;

    /// <summary>How many characters of a text (bytes of a row of bytes) a function handles in one step.</summary>
    internal const int CharactersPerStep = 16;

    /// <summary>The steps that a pattern costs which is only known when the expression is evaluated.</summary>
    internal const int StepsPerPattern = 500;

    /// <summary>The steps that the name of a time zone costs: a name that does not exist is looked for on the disk.</summary>
    internal const int StepsPerZone = 100;
}
