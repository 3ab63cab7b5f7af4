using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Flux.Testing.History;
using Flux.Testing.Load;

namespace Flux.Cluster.Tests.Scenarios;

/// <summary>What a scenario says about itself, as a line of JSON in its test's output: <c>.ci/reliability.py</c> makes the report from these.</summary>
/// <remarks>
/// A target that begins with ≤, ≥ or = is a bound for the number that its value begins with, in the same unit; a value that misses it fails no test, and
/// the report says so. Any other target is words for the reader, "none" for no target.
/// </remarks>
internal sealed partial class FaultRow(string name)
{
    private const string Mark = "fault row: ";
    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    // Signs such as ≤ stay as they are: people read this line too.
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<Measured> _measured = [];
    private HistoryReport? _report;

    /// <summary>Gets the row of the fault model, or a name.</summary>
    public string Name => name;

    /// <summary>Notes a measured time beside its target, both in seconds. One that was not seen misses every bound.</summary>
    public void Measure(string what, TimeSpan? value, string target) =>
        Measure(what, value is { } time ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F2} s") : "not seen", target);

    /// <summary>Notes a measured share, from 0 to 1, beside its target in percent.</summary>
    public void Measure(string what, double share, string target) =>
        Measure(what, string.Create(CultureInfo.InvariantCulture, $"{share * 100:F2} %"), target);

    /// <summary>Notes a measured value beside its target.</summary>
    public void Measure(string what, string value, string target) => _measured.Add(new Measured(what, value, target, IsMet(value, target)));

    /// <summary>Notes what the checker said.</summary>
    public void Judged(HistoryReport report) => _report = report;

    /// <summary>Prints the line. A scenario that has no history to judge has no counts, and a count that had no input is null.</summary>
    public void Print()
    {
        var counts = _report is null ? null : Enum.GetValues<HistoryCount>().ToDictionary(HistoryCounts.NameOf, c => _report.HadInput(c) ? _report[c] : (long?)null);
        var line = new
        {
            row = name,
            verdict = _report?.Verdict.ToString().ToLowerInvariant(),
            counts,
            acked = _report?.Totals.Acked,
            unknown = _report?.Totals.SettledUnknowns,
            faults = _report?.Totals.Faults,
            stale = _report?.Totals.StaleReads,
            seed = Seed.Value,
            measured = _measured.Select(m => new { what = m.What, value = m.Value, target = m.Target, met = m.IsMet }),
        };
        Scenario.Print(Mark + JsonSerializer.Serialize(line, Readable));
    }

    /// <summary>Tells whether a value meets its target; null when that is no bound.</summary>
    internal static bool? IsMet(string value, string target)
    {
        var (bound, measured) = (Bound().Match(target), Number().Match(value));
        if (!bound.Success)
        {
            return target.IndexOfAny(['≤', '≥']) < 0 ? null : throw new ArgumentException($"\"{target}\" does not begin with its bound", nameof(target));
        }

        if (!measured.Success || measured.Groups["unit"].Value != bound.Groups["unit"].Value)
        {
            return value is "not seen" or "NaN %" ? false : throw new ArgumentException($"\"{value}\" cannot be compared with \"{target}\"", nameof(value));
        }

        var (number, limit) = (NumberOf(measured), NumberOf(bound));
        return bound.Groups["sign"].Value switch
        {
            "≤" => number <= limit,
            "≥" => number >= limit,
            _ => number == limit,
        };
    }

    private static decimal NumberOf(Match match) => decimal.Parse(match.Groups["number"].ValueSpan, NumberStyles.Number, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?<sign>[≤≥=]) (?<number>\d[\d,]*(\.\d+)?)(?<unit> (s|%)(?!\w))?", Options, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Bound();

    [GeneratedRegex(@"^(?<number>-?\d[\d,]*(\.\d+)?)(?<unit> (s|%)(?!\w))?", Options, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Number();

    private sealed record Measured(string What, string Value, string Target, bool? IsMet);
}
