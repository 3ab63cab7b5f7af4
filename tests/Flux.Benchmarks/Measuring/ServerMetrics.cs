namespace Flux.Benchmarks.Measuring;

/// <summary>A server's metrics, read once from its management port.</summary>
internal sealed class ServerMetrics
{
    private readonly string[] _lines;

    private ServerMetrics(string text) => _lines = text.Split('\n');

    public CommitTotals Commits => new(
        Sum("flux_log_commit_duration_seconds_count"),
        Sum("flux_log_commit_events_sum"),
        TimeSpan.FromSeconds(Sum("flux_log_commit_duration_seconds_sum")));

    /// <summary>Gets the bytes that the last collection left in the managed heap.</summary>
    public long HeapBytes => (long)Sum("dotnet_gc_last_collection_heap_size_bytes");

    /// <summary>Gets how many collections there were that looked at everything.</summary>
    public double FullCollections => Sum("dotnet_gc_collections_total", "gc_heap_generation=\"gen2\"");

    /// <summary>Gets how many sockets and subscriptions read the log because they are behind.</summary>
    public double Lagging => Sum("flux_connections_lagging");

    public static async Task<ServerMetrics> ReadAsync(int managementPort, CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{managementPort}/metrics"));
        return new ServerMetrics(await http.GetStringAsync(address, cancellationToken));
    }

    // A line is the name, labels in braces, the value, and a timestamp that may be absent. No commit yet: no line.
    private double Sum(string name, string label = "") => _lines
        .Where(line => line.StartsWith(name, StringComparison.Ordinal) && line.AsSpan(name.Length) is ['{' or ' ', ..] && line.Contains(label, StringComparison.Ordinal))
        .Sum(line => double.Parse(line[(line.LastIndexOf('}') is var labels and > 0 ? labels + 1 : name.Length)..]
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture));
}
