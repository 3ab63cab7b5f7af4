using System.Collections.Concurrent;
using System.Text.Json;

namespace Flux.Benchmarks.Measuring;

/// <summary>Everything that was measured, as a table for people and as JSON for programs.</summary>
internal sealed class Report
{
    private readonly List<Series> _series = [];
    private readonly ConcurrentQueue<string> _remarks = new(); // servers' lines come on threads of their own

    public IReadOnlyList<string> Remarks => [.. _remarks];

    /// <summary>Gets a value indicating whether something went wrong that no figure makes up for.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Adds the figure of a round; <paramref name="goal"/> says what is wanted of it, if anything is.</summary>
    public void Add(string benchmark, string subject, string metric, string unit, double value, string? goal = null)
    {
        if (!double.IsFinite(value))
        {
            Remark($"{benchmark}, {subject}: no {metric}, because there was nothing to divide by.");
            return;
        }

        var series = _series.Find(one => one.Benchmark == benchmark && one.Subject == subject && one.Metric == metric);
        if (series is null)
        {
            series = new Series(benchmark, subject, metric, unit, goal);
            _series.Add(series);
        }

        series.Add(value);
    }

    public void AddLatency(string benchmark, string subject, string what, LatencySummary latency, string? p99Goal = null, string? p50Goal = null)
    {
        Add(benchmark, subject, $"{what} p50", "ms", latency.P50, p50Goal);
        Add(benchmark, subject, $"{what} p95", "ms", latency.P95);
        Add(benchmark, subject, $"{what} p99", "ms", latency.P99, p99Goal);
        Add(benchmark, subject, $"{what} max", "ms", latency.Max);
    }

    /// <summary>Adds what a reader of the figures has to know: something was absent, lost or refused.</summary>
    public void Remark(string text)
    {
        _remarks.Enqueue(text);
        Console.WriteLine($"! {text}");
    }

    /// <summary>Says so, and has the run end as one that failed.</summary>
    public void Fail(string text)
    {
        HasFailed = true;
        Remark(text);
    }

    public void Print(string benchmark, TextWriter output)
    {
        var all = _series.FindAll(one => one.Benchmark == benchmark);
        if (all.Count == 0)
        {
            return;
        }

        var subjects = all.Max(one => one.Subject.Length);
        var metrics = all.Max(one => one.Metric.Length);
        output.WriteLine();
        output.WriteLine($"{benchmark}");
        output.WriteLine($"  {"".PadRight(subjects)}  {"".PadRight(metrics)}  {"median",12}  {"min",12}  {"max",12}  rounds");
        foreach (var bySubject in all.GroupBy(one => one.Subject))
        {
            foreach (var one in bySubject)
            {
                output.WriteLine(
                    $"  {one.Subject.PadRight(subjects)}  {one.Metric.PadRight(metrics)}  {Number(one.Median),12}  {Number(one.Min),12}  {Number(one.Max),12}  {one.Values.Count}  {one.Unit}{Goal(one)}");
            }
        }

        output.WriteLine();
    }

    public async Task WriteJsonAsync(string path, HostFacts host, CancellationToken cancellationToken)
    {
        await using var file = File.Create(path);
        await using var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteStartObject("host");
        json.WriteNumber("processors", host.Processors);
        json.WriteString("runtime", host.Runtime);
        json.WriteNumber("loadAverage", host.LoadAverage);
        json.WriteNumber("fsyncMicroseconds", host.FsyncMicroseconds);
        json.WriteEndObject();
        json.WriteStartArray("remarks");
        foreach (var remark in _remarks)
        {
            json.WriteStringValue(remark);
        }

        json.WriteEndArray();
        json.WriteStartArray("series");
        foreach (var one in _series)
        {
            json.WriteStartObject();
            json.WriteString("benchmark", one.Benchmark);
            json.WriteString("subject", one.Subject);
            json.WriteString("metric", one.Metric);
            json.WriteString("unit", one.Unit);
            if (one.Goal is { } goal)
            {
                json.WriteString("goal", goal);
            }

            json.WriteNumber("median", one.Median);
            json.WriteNumber("min", one.Min);
            json.WriteNumber("max", one.Max);
            json.WriteStartArray("values");
            foreach (var value in one.Values)
            {
                json.WriteNumberValue(value);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        await json.FlushAsync(cancellationToken);
    }

    private static string Goal(Series series) => series.Goal is { } goal ? $" (goal: {goal})" : "";

    private static string Number(double value) => Math.Abs(value) switch
    {
        >= 100 => value.ToString("N0", CultureInfo.InvariantCulture),
        >= 1 => value.ToString("N2", CultureInfo.InvariantCulture),
        _ => value.ToString("0.####", CultureInfo.InvariantCulture),
    };
}
