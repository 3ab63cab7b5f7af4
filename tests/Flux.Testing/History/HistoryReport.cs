using System.Globalization;
using System.Text;

namespace Flux.Testing.History;

/// <summary>What the checker found in a history.</summary>
public sealed class HistoryReport
{
    private const int ShownBytesPerLine = 600;

    private readonly string _directory;
    private readonly Findings _findings;

    internal HistoryReport(string directory, Findings findings, HistoryTotals totals, IReadOnlyList<string> invalid)
    {
        (_directory, _findings, Totals, InvalidBecause) = (directory, findings, totals, invalid);
        Verdict = Enum.GetValues<HistoryCount>().Any(c => findings[c] > 0) ? HistoryVerdict.Violated
            : invalid.Count > 0 ? HistoryVerdict.Invalid
            : HistoryVerdict.Clean;
    }

    /// <summary>Gets the verdict. Only <see cref="HistoryVerdict.Clean"/> passes.</summary>
    public HistoryVerdict Verdict { get; }

    /// <summary>Gets how much was looked at.</summary>
    public HistoryTotals Totals { get; }

    /// <summary>Gets why the history means too little; empty when it does not.</summary>
    public IReadOnlyList<string> InvalidBecause { get; }

    /// <summary>Gets the first ten violations of each count.</summary>
    public IReadOnlyList<HistoryCase> Cases => _findings.Cases;

    /// <summary>Gets how often a count was raised.</summary>
    /// <param name="count">The count.</param>
    public long this[HistoryCount count] => _findings[count];

    /// <summary>Writes verdict, counts and cases, each case with the lines that bear on it.</summary>
    /// <returns>The text.</returns>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"verdict: {Verdict.ToString().ToUpperInvariant()}").AppendLine(Totals.ToString());
        foreach (var reason in InvalidBecause)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  invalid: {reason}");
        }

        foreach (var count in Enum.GetValues<HistoryCount>())
        {
            var value = HistoryCounts.WaitsFor(count) is { } what
                ? $"not yet (waits for {what})"
                : this[count].ToString(CultureInfo.InvariantCulture);
            text.AppendLine(CultureInfo.InvariantCulture, $"  {HistoryCounts.NameOf(count),-13} {value}");
        }

        var lines = LoadLines();
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

    private Dictionary<HistoryLine, string> LoadLines()
    {
        var loaded = new Dictionary<HistoryLine, string>();
        foreach (var wanted in Cases.SelectMany(c => c.Lines).Distinct().GroupBy(l => l.File))
        {
            var numbers = wanted.Select(l => l.Number).ToHashSet();
            var last = numbers.Max();
            foreach (var (bytes, number) in HistoryReader.ReadLines(Path.Combine(_directory, wanted.Key)))
            {
                if (numbers.Contains(number))
                {
                    loaded[new HistoryLine(wanted.Key, number)] = Encoding.UTF8.GetString(bytes.Span[..Math.Min(bytes.Length, ShownBytesPerLine)]);
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
