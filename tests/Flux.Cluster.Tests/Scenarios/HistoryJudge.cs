using System.IO.Compression;
using Flux.Testing.History;

namespace Flux.Cluster.Tests.Scenarios;

/// <summary>Has a recorded history judged; keeps a red one as an archive, and any with <c>FLUX_KEEP_HISTORY=1</c>.</summary>
internal static class HistoryJudge
{
    public static HistoryReport Judge(HistoryRecorder recorder, HistoryThresholds thresholds, Func<string?> serverOutput)
    {
        recorder.Flush();
        var report = HistoryChecker.Check(recorder.Directory, thresholds);
        Scenario.Print(report.ToString());
        if (Environment.GetEnvironmentVariable("FLUX_KEEP_HISTORY") is "1")
        {
            Scenario.Print($"the history is kept in {Keep(recorder, serverOutput)}");
        }

        if (report.Verdict != HistoryVerdict.Clean)
        {
            Assert.Fail($"the history is kept in {Keep(recorder, serverOutput)}:\n{report}");
        }

        return report;
    }

    /// <summary>Keeps a history and what the servers wrote.</summary>
    /// <returns>Where.</returns>
    public static string Keep(HistoryRecorder recorder, Func<string?> serverOutput)
    {
        recorder.Flush();
        File.WriteAllText(Path.Combine(recorder.Directory, "servers.txt"), serverOutput());
        var archive = Path.Combine(Path.GetTempPath(), $"flux-history-{Guid.NewGuid():N}.zip");
        ZipFile.CreateFromDirectory(recorder.Directory, archive);
        return archive;
    }
}
