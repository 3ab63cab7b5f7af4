using System.Text.RegularExpressions;
using Flux.Core.Expressions.Evaluation;

namespace Flux.Core.Expressions.Functions;

/// <summary>A pattern of <c>matches</c>, in the syntax of RE2. It is matched in time that is linear in the text, whatever the pattern.</summary>
internal sealed class Pattern
{
    // An automaton that leaves its fast path takes time for each of its states at each character.
    private const int StatesPerCharge = 4;

    private readonly Regex _regex;
    private readonly int _charges;

    private Pattern(Regex regex, int size) => (_regex, _charges) = (regex, 1 + (size / StatesPerCharge));

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
            var (pattern, size) = PatternTranslator.Translate(text);
            return new Pattern(new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant), size);
        }
        catch (FormatException e)
        {
            fault = $"the pattern is not a regular expression that is supported: {e.Message}";
            return null;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            // The platform's words would quote the rewritten pattern, which nobody wrote.
            fault = "the pattern is not a regular expression that is supported";
            return null;
        }
    }

    public CelValue Matches(in CelValue text, ref Frame frame) =>
        text.Kind != CelKind.String ? CelValue.Of(CelError.NoSuchOverload)
        : !frame.TakeText((long)text.String.Length * _charges) ? CelValue.Of(CelError.Cost)
        : CelValue.Of(_regex.IsMatch(text.String));
}
