using Flux.Testing.Processes;

namespace Flux.Cluster.Tests.Bench;

/// <summary>What in a server's log is no one's fault but the server's.</summary>
public sealed class ServerLogTests
{
    private const string Line = "2026-11-27T00:41:29.647Z ";

    [Theory]
    [InlineData("fail: Flux.Server.Subscriptions.SubscriptionService[1] A subscription could not be led along the log; its socket is cut System.Exception: x", "F01", 1)]
    [InlineData("fail: Flux.Server.Subscriptions.CatchUp[1] A slow socket could not be served from the log and is closed System.Exception: x", "F44", 1)]
    [InlineData("fail: Flux.Server.Work.WorkRunner[1] The work export has failed System.Exception: x", null, 1)]
    [InlineData("crit: Flux.Server.Hosting.FatalErrors[1] The server stops: a part that it cannot do without has failed System.Exception: x", "F08", 1)]
    [InlineData("warn: Orleans.Runtime.GrainTimer[1] Caught and ignored exception thrown from timer callback", "F01", 1)]
    [InlineData("warn: Flux.Server.Hosting.HttpManners[1] A POST request had no answer from its grain", "F01", 0)]
    [InlineData("crit: Flux.EventLog.PostgreSql.PostgreSqlEventLog[1] The other silos have declared this one dead: it can store nothing any more", "F08", 0)]
    [InlineData("crit: Flux.EventLog.PostgreSql.PostgreSqlEventLog[1] The other silos have declared this one dead: it can store nothing any more", "F01", 1)]
    [InlineData("fail: Flux.EventLog.Sqlite.SqliteEventLog[1] The event log's file failed; it is closed and opened again", "F27", 0)]
    [InlineData("fail: Flux.EventLog.Sqlite.SqliteEventLog[1] The event log's file failed; it is closed and opened again", "F01", 1)]
    [InlineData("fail: Orleans.Runtime.GrainDirectory.ClientDirectory[0] Exception publishing System.TimeoutException: x    at Orleans.Runtime.Y()", "F01", 0)]
    [InlineData("fail: Polly[3] Execution attempt. Source: 'Orleans.Placement/(null)/Retry' Orleans.Runtime.SiloUnavailableException: x    at Orleans.Runtime.Y()", "F01", 0)]
    [InlineData("fail: Polly[3] Execution attempt. Source: 'Flux' System.TimeoutException: x", "F01", 1)]
    [InlineData("fail: Orleans.Runtime.Z[0] Error in System.InvalidOperationException: x    at Flux.Grains.Entities.EntityGrain.Append()", "F01", 1)]
    [InlineData("fail: Orleans.Runtime.Z[0] Error in Npgsql.NpgsqlException: refused    at Flux.Providers.Membership.Read()", "F19", 0)]
    public void An_error_that_the_row_does_not_explain_counts(string entry, string? row, int found) =>
        Assert.Equal(found, ServerLog.FindUnexplained($"--- silo-1\n{Line}info: ready\n{Line}{entry}\n--- stderr", row).Count);

    [Theory]
    [InlineData("Unhandled exception. System.Exception: x\n   at Flux.Server.Program.Main()", "F14", 1)]
    [InlineData("Process terminated. out of memory: the process must start anew\nSystem.OutOfMemoryException: x\n   at System.String.Concat()", "F14", 0)]
    [InlineData("Process terminated. out of memory: the process must start anew\nSystem.OutOfMemoryException: x\n   at System.String.Concat()", "F01", 1)]
    [InlineData("FATAL EXCEPTION from Orleans.Runtime.X. Context: I have been told I am dead\n   at Orleans.Runtime.X.KillMyselfLocally(String reason)", "F08", 0)]
    [InlineData("FATAL EXCEPTION from Orleans.Runtime.X. Context: I have been told I am dead\n   at Orleans.Runtime.X.KillMyselfLocally(String reason)", "F01", 1)]
    [InlineData("Stack overflow.\n   at Flux.Core.Fold.Apply(X)", null, 1)]
    public void The_last_words_of_a_process_count_with_their_stack_as_one(string words, string? row, int found)
    {
        var output = $"{Line}info: ready\n--- stderr\n{words}";

        Assert.Equal(found, ServerLog.FindUnexplained(output, row).Count);
        Assert.Equal(found > 0, Record.Exception(() => ServerLog.AssertNothingUnhandled(output, row)) is InvalidOperationException);
    }
}
