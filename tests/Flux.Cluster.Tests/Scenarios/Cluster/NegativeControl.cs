using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.PostgreSql;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>The control of every cluster run: with one row taken out of its database, both judges must turn red.</summary>
internal static class NegativeControl
{
    /// <summary>Removes a row in the middle of the log, dumps it again, and has the same history judged with that.</summary>
    public static async Task RemoveARowAsync(string database, string history, string directory, HistoryThresholds thresholds)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using (var recorder = new HistoryRecorder(directory))
        {
            var removed = await PostgreSqlServer.ExecuteAsync(
                database, "DELETE FROM event WHERE position = (SELECT max(position) / 2 + 1 FROM event) RETURNING position", cancellation);
            var findings = await PostgreSqlLogDump.DumpAsync(database, recorder, cancellation);

            Assert.NotNull(removed);
            Assert.Contains(findings, f => f.Contains("is followed by", StringComparison.Ordinal));
            Assert.Contains(findings, f => f.Contains("digest", StringComparison.Ordinal));
        }

        foreach (var file in Directory.GetFiles(history, "*.jsonl").Where(f => Path.GetFileName(f) != HistoryFiles.Log))
        {
            File.Copy(file, Path.Combine(directory, Path.GetFileName(file)), overwrite: true);
        }

        var report = HistoryChecker.Check(directory, thresholds);

        Assert.True(report.Verdict == HistoryVerdict.Violated && report[HistoryCount.Gap] > 0, $"the checker did not see that a row is gone:\n{report}");
    }
}
