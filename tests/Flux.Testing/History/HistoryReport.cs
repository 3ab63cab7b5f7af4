using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Flux.Testing.History;

/// <summary>What the checker found in a history.</summary>
public sealed partial class HistoryReport
{
    private const int ShownPerLine = 600;

    private readonly Findings _findings;
    private readonly string _text;

    internal HistoryReport(string directory, Findings findings, HistoryTotals totals, IReadOnlyList<string> broken, IReadOnlyList<string> invalid)
    {
        (_findings, Totals, BrokenPromises, InvalidBecause) = (findings, totals, broken, invalid);
        Verdict = broken.Count > 0 || Enum.GetValues<HistoryCount>().Any(c => findings[c] > 0) ? HistoryVerdict.Violated
            : invalid.Count > 0 ? HistoryVerdict.Invalid
            : HistoryVerdict.Clean;

        // Now, because the lines that it quotes may be gone when somebody reads it.
        _text = Describe(directory);
    }

    /// <summary>Gets the verdict. Only <see cref="HistoryVerdict.Clean"/> passes.</summary>
    public HistoryVerdict Verdict { get; }

    /// <summary>Gets how much was looked at.</summary>
    public HistoryTotals Totals { get; }

    /// <summary>Gets what is against a promise and none of the nine counts.</summary>
    public IReadOnlyList<string> BrokenPromises { get; }

    /// <summary>Gets why the history means too little; empty when it does not.</summary>
    public IReadOnlyList<string> InvalidBecause { get; }

    /// <summary>Gets the first ten violations of each count.</summary>
    public IReadOnlyList<HistoryCase> Cases => _findings.Cases;

    /// <summary>Gets how often a count was raised.</summary>
    /// <param name="count">The count.</param>
    public long this[HistoryCount count] => _findings[count];

    /// <summary>Tells whether there was anything that could have raised a count: secrets that somebody saw, changes that were asked for again.</summary>
    /// <param name="count">The count.</param>
    /// <returns>False when its zero says nothing.</returns>
    public bool HadInput(HistoryCount count) => count switch
    {
        HistoryCount.CrossTenant => Totals.Secrets > 0 || this[count] > 0,
        HistoryCount.LiveReplay => Totals.Replayed > 0 || this[count] > 0,
        _ => true,
    };

    /// <summary>Writes verdict, counts and cases, each case with the lines that bear on it.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => _text;

    // Bytes stand in a history as base64; a person wants to read them.
    [GeneratedRegex("\"(?<name>raw|payload|before|properties)\":\"(?<bytes>[A-Za-z0-9+/]*=*)\"", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Base64Members();

    private static string Readable(ReadOnlySpan<byte> line)
    {
        var text = Base64Members().Replace(
            Encoding.UTF8.GetString(line), m => $"\"{m.Groups["name"]}\":{Encoding.UTF8.GetString(Convert.FromBase64String(m.Groups["bytes"].Value))}");
        return text.Length <= ShownPerLine ? text : text[..ShownPerLine] + "…";
    }

    private string Describe(string directory)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"verdict: {Verdict.ToString().ToUpperInvariant()}").AppendLine(Totals.ToString());
        foreach (var broken in BrokenPromises)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  broken: {broken}");
        }

        foreach (var reason in InvalidBecause)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  invalid: {reason}");
        }

        foreach (var count in Enum.GetValues<HistoryCount>())
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {HistoryCounts.NameOf(count),-13} {this[count]}");
        }

        var lines = LoadLines(directory);
        foreach (var found in Cases)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{HistoryCounts.NameOf(found.Count)}: {found.Text}");
            foreach (var line in found.Lines)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"    {line}: {lines.GetValueOrDefault(line, "(no such line)")}");
            }
        }

        return text.ToString();
    }

    private Dictionary<HistoryLine, string> LoadLines(string directory)
    {
        var loaded = new Dictionary<HistoryLine, string>();
        foreach (var wanted in Cases.SelectMany(c => c.Lines).Distinct().GroupBy(l => l.File))
        {
            var numbers = wanted.Select(l => l.Number).ToHashSet();
            var last = numbers.Max();
            foreach (var (bytes, number) in HistoryReader.ReadLines(Path.Combine(directory, wanted.Key)))
            {
                if (numbers.Contains(number))
                {
                    loaded[new HistoryLine(wanted.Key, number)] = Readable(bytes.Span);
                }

                if (number >= last)
                {
                    break;
                }
            }
        }

        return loaded;
    }
}
