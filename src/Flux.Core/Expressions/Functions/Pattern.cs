using System.Text.RegularExpressions;
using Flux.Core.Expressions.Evaluation;

namespace Flux.Core.Expressions.Functions;

/// <summary>A pattern of <c>matches</c>, in the syntax of RE2. It is matched in time that is linear in the text, whatever the pattern.</summary>
internal sealed class Pattern
{
    private readonly Regex _regex;

    private Pattern(Regex regex) => _regex = regex;

    /// <summary>Makes a pattern ready.</summary>
    /// <param name="text">The pattern.</param>
    /// <param name="fault">What is wrong with it.</param>
    /// <returns>Null when it is no pattern, or beyond the limits.</returns>
    public static Pattern? TryMake(string text, out string fault)
    {
        fault = string.Empty;
        if (text.Length > ExpressionLimits.MaxPatternLength)
        {
            fault = $"the pattern is longer than {ExpressionLimits.MaxPatternLength} characters";
            return null;
        }

        try
        {
            return new Pattern(new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            fault = $"the pattern is not a regular expression that is supported: {e.Message}";
            return null;
        }
    }

    public CelValue Matches(in CelValue text, ref Frame frame) =>
        text.Kind != CelKind.String ? CelValue.Of(CelError.NoSuchOverload)
        : !frame.TakeText(text.String.Length) ? CelValue.Of(CelError.Cost)
        : CelValue.Of(_regex.IsMatch(text.String));
}
