using Flux.Testing.History;

namespace Flux.Testing.Subscriptions;

/// <summary>
/// Judges what subscribers received against what the log says they should have. It folds and matches on its own and shares no code with the server.
/// </summary>
internal static class SubscriptionChecker
{
    /// <summary>Checks one subscriber.</summary>
    /// <param name="about">What it asked for.</param>
    /// <param name="log">The whole log.</param>
    /// <param name="records">All that happened to it, in order.</param>
    /// <param name="faults">The faults that were proved, with their announcements: what explains a connection that ended without a code.</param>
    /// <returns>The report.</returns>
    public static SubscriptionReport Check(
        SubscriptionDescription about, WorldLog log, IEnumerable<SubscriptionRecord> records, IReadOnlyList<(FaultRecord Announced, FaultRecord Proved)> faults)
    {
        var report = new SubscriptionReport(about);
        var trace = new SubscriptionTrace(about, log, faults, report);
        foreach (var record in records)
        {
            trace.Take(record);
        }

        trace.Finish();
        return report;
    }
}
