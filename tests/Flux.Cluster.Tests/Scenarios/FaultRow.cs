using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Flux.Testing.History;

namespace Flux.Cluster.Tests.Scenarios;

/// <summary>What a scenario says about itself, as a line of JSON in its test's output: <c>.ci/reliability.py</c> makes the report from these.</summary>
internal sealed class FaultRow(string name)
{
    private const string Mark = "fault row: ";

    // Signs such as ≤ stay as they are: people read this line too.
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<Measured> _measured = [];
    private HistoryReport? _report;

    /// <summary>Notes a measured value beside its target. It is reported, and fails nothing.</summary>
    public void Measure(string what, TimeSpan? value, string target) =>
        Measure(what, value is { } time ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F2} s") : "not seen", target);

    /// <summary>Notes a measured share, from 0 to 1, beside its target.</summary>
    public void Measure(string what, double share, string target) =>
        Measure(what, string.Create(CultureInfo.InvariantCulture, $"{share * 100:F2} %"), target);

    /// <summary>Notes a measured value beside its target.</summary>
    public void Measure(string what, string value, string target) => _measured.Add(new Measured(what, value, target));

    /// <summary>Notes what the checker said.</summary>
    public void Judged(HistoryReport report) => _report = report;

    /// <summary>Prints the line. A scenario that has no history to judge has no counts.</summary>
    public void Print()
    {
        var counts = _report is null ? null : Enum.GetValues<HistoryCount>().ToDictionary(HistoryCounts.NameOf, c => _report[c]);
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
            measured = _measured.Select(m => new { what = m.What, value = m.Value, target = m.Target }),
        };
        Scenario.Print(Mark + JsonSerializer.Serialize(line, Readable));
    }

    private sealed record Measured(string What, string Value, string Target);
}
