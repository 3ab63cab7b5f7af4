using Flux.Core.Log;

namespace Flux.EventLog.Rows;

/// <summary>Fills a log from another one.</summary>
internal static class LogCopy
{
    /// <summary>Copies all commits.</summary>
    /// <param name="commits">The commits, checked, from the first on.</param>
    /// <param name="end">The position of the last event, as far as it is known, for the progress.</param>
    /// <param name="sink">Where to.</param>
    /// <param name="progress">Hears how far it is; null for nobody.</param>
    /// <param name="cancellationToken">Stops copying.</param>
    /// <returns>The head of the copy.</returns>
    public static LogHead Run(
        IEnumerable<LogCommit> commits, long end, ILogSink sink, IProgress<LogProgress>? progress, CancellationToken cancellationToken)
    {
        var head = new LogHead(Position.Start, default, EventHash.None);
        foreach (var commit in commits)
        {
            cancellationToken.ThrowIfCancellationRequested();
            sink.Add(commit);
            head = commit.Row.ToHead();
            progress?.Report(new LogProgress("events", head.Position.Value, Math.Max(end, head.Position.Value)));
        }

        sink.Finish(head);
        return head;
    }
}
