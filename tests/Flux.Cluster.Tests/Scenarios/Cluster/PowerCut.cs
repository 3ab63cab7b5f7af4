using Flux.Testing.History;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>The history of a run that ended with a power cut, and its judgement by what was recovered.</summary>
internal static class PowerCut
{
    /// <summary>Takes the requests over into a history of what was recovered. Nobody was told anything by a machine without power.</summary>
    /// <param name="before">The history until the cut.</param>
    /// <param name="cut">When the copy of the disk began.</param>
    /// <param name="after">The history of what was recovered.</param>
    public static void TakeRequests(HistoryRecorder before, long cut, HistoryRecorder after)
    {
        before.Flush();
        foreach (var (request, _) in HistoryReader.Read(before.Directory, HistoryFiles.Requests, HistoryJson.Default.RequestRecord))
        {
            after.Add(request.Answered < cut ? request : request with { Status = 0, Code = null, Events = [.. request.Events.Select(e => e.WithoutAnswer())] });
        }
    }

    /// <summary>Judges what was recovered. Those who got no answer are gone with the machine: nobody asks again.</summary>
    public static HistoryReport Judge(HistoryRecorder recorder, FaultRow row)
    {
        recorder.Flush();
        var thresholds = new HistoryThresholds { Acked = 400, SettledUnknowns = 0, UnsettledUnknowns = int.MaxValue, DuplicateAcks = 0, Conflicts = 0, Faults = 0 };
        var report = HistoryChecker.Check(recorder.Directory, thresholds);
        row.Judged(report);
        Scenario.Print(report.ToString());
        return report;
    }
}
