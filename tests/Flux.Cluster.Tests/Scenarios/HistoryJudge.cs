using System.IO.Compression;
using Flux.Testing.History;
using Flux.Testing.Processes;

namespace Flux.Cluster.Tests.Scenarios;

/// <summary>Has a recorded history judged; keeps a red one as an archive, and any with <c>FLUX_KEEP_HISTORY=1</c>.</summary>
internal static class HistoryJudge
{
    /// <summary>Judges a history and the servers' logs: anything but a clean one, with nothing unhandled, fails.</summary>
    public static HistoryReport Judge(HistoryRecorder recorder, HistoryThresholds thresholds, string serverOutput, FaultRow? row = null)
    {
        recorder.Flush();
        var report = HistoryChecker.Check(recorder.Directory, thresholds);
        row?.Judged(report);
        Scenario.Print(report.ToString());
        if (Environment.GetEnvironmentVariable("FLUX_KEEP_HISTORY") is "1")
        {
            Scenario.Print($"the history is kept in {Keep(recorder, serverOutput)}");
        }

        if (report.Verdict != HistoryVerdict.Clean)
        {
            Assert.Fail($"the history is kept in {Keep(recorder, serverOutput)}:\n{report}");
        }

        ServerLog.AssertNothingUnhandled(serverOutput, row?.Name);
        return report;
    }

    /// <summary>Keeps a history and what the servers wrote.</summary>
    /// <returns>Where.</returns>
    public static string Keep(HistoryRecorder recorder, string? serverOutput)
    {
        recorder.Flush();
        File.WriteAllText(Path.Combine(recorder.Directory, "servers.txt"), serverOutput);
        var archive = Path.Combine(Path.GetTempPath(), $"flux-history-{Guid.NewGuid():N}.zip");
        ZipFile.CreateFromDirectory(recorder.Directory, archive);
        return archive;
    }
}
