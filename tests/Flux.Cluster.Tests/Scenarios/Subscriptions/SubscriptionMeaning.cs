using Flux.Testing.Subscriptions;

namespace Flux.Cluster.Tests.Scenarios.Subscriptions;

/// <summary>What a run must have had in it for its verdict to mean something.</summary>
internal static class SubscriptionMeaning
{
    public static void Require(SubscriptionTotals totals, SubscriptionTrial trial)
    {
        Require(totals.Connections, 2 * trial.Subscribers, "connections");
        Require(totals.Resumes, trial.Subscribers, "resumed connections");
        Require(totals.Snapshots, trial.Subscribers / 3, "snapshots");
        Require(totals.BetweenRows, 1, "changes between the rows of snapshots");
        Require(totals.Rows, trial.Entities, "rows of snapshots");
        Require(totals.Changes, 100 * trial.Subscribers, "changes");
        Require(totals.Receipts, 1, "receipts for merged changes");
        Require(totals.Merged, 10, "merged changes");
        Require(totals.TooSlow + totals.TooSlowUnread, 1, "sockets closed for slowness");
        Require(totals.Progress, trial.Subscribers, "progress frames");
        Require(totals.CaughtUp, trial.Subscribers, "caught_up frames");
    }

    private static void Require(long found, long least, string what) => Assert.True(found >= least, $"the run means too little: {found} {what}, at least {least} are needed");
}
