using System.Globalization;
using Flux.Testing.Cluster;
using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.Network;
using Flux.Testing.PostgreSql;
using Flux.Testing.Processes;
using Npgsql;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>Single connections to the database are ended, cut, stopped, blocked or all taken (fault model F21, F23, F24, F25, F31).</summary>
[Collection(ClusterTestGroup.Name)]
public sealed class ConnectionScenarios(SharedPostgreSql postgreSql)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Gets what PostgreSQL sends when a statement has ended and no transaction is open: what was written is committed.</summary>
    private static ReadOnlySpan<byte> ReadyForQuery => [(byte)'Z', 0, 0, 0, 5, (byte)'I'];

    [Fact]
    public async Task F21_connections_that_are_ended_again_and_again_lose_nothing()
    {
        FaultSet.NeedsShort();
        var rounds = FaultSet.Rounds(least: 0, shortSet: 5, full: 30);
        await using var scenario = await ClusterScenario.StartAsync("F21", postgreSql);
        await scenario.BeginAsync();
        var began = HistoryRecorder.Now();
        for (var round = 0; round < rounds; round++)
        {
            Assert.True(await PostgreSqlServer.TerminateConnectionsAsync(scenario.Cluster.Database, scenario.Recorder, Cancellation) > 0);
            await ClusterScenario.LastAsync(TimeSpan.FromSeconds(2));
        }

        var ended = HistoryRecorder.Now();
        scenario.Row.Measure("rate back after", await scenario.EndLoadAsync(ended), "≤ 2 s");
        scenario.Row.Measure("served meanwhile", scenario.Timeline().ServedShare(began, ended, _ => true), "≥ 90 %");
        scenario.AssertNobodyLeft();
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, SettledUnknowns = 0, Faults = rounds, Frames = 1_000 });
    }

    [Fact]
    public async Task F23_an_event_whose_commit_is_not_answered_is_recorded_once()
    {
        FaultSet.NeedsShort();
        var rounds = FaultSet.Rounds(least: 0, shortSet: 20, full: 100);
        await using var scenario = await ClusterScenario.StartAsync("F23", postgreSql, new FluxClusterOptions { HasPostgreSqlLinks = true });
        await scenario.BeginAsync();
        using var client = scenario.Client("cut-off");
        var duplicates = 0;
        for (var round = 0; round < rounds; round++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"cut-{round}");
            var fault = scenario.Recorder.AnnounceFault("cut the reply of a commit", id, PostgreSqlServer.Node);

            // Whichever silo has the entity: its link cuts, once.
            var cut = Task.WhenAny(scenario.Cluster.Members.Select(m => m.PostgreSqlLink!.CutReplyAsync(Probes.Note(id), ReadyForQuery)));
            var answer = await client.PublishAsync(Probes.Event(id, $"plant/cut-{round % 10}"), Cancellation);
            await cut.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Cancellation);
            scenario.Recorder.ProveFault(fault, "the link was cut between the commit and its reply");

            Assert.Equal(200, answer.Status);
            duplicates += answer.Events[0].Duplicate ? 1 : 0;
        }

        scenario.Row.Measure("settled by the server itself, which looked for its commit", $"{rounds - duplicates} of {rounds}", "none");
        scenario.Row.Measure("settled by a repetition of the client that is told of a duplicate", $"{duplicates} of {rounds}", "the others");
        scenario.Row.Measure("rate back after", await scenario.EndLoadAsync(HistoryRecorder.Now()), "none");
        scenario.AssertNobodyLeft();
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, SettledUnknowns = 0, Faults = rounds, Frames = 1_000 });
    }

    [Fact]
    public async Task F23_an_event_whose_answer_does_not_reach_its_client_is_settled_as_a_duplicate()
    {
        FaultSet.NeedsShort();
        var rounds = FaultSet.Rounds(least: 0, shortSet: 20, full: 100);
        await using var scenario = await ClusterScenario.StartAsync("F23", postgreSql);
        await scenario.BeginAsync();
        await using var link = TcpProxy.Start(scenario.Cluster.Members[0].Address.Port, TimeProvider.System);
        for (var round = 0; round < rounds; round++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"unanswered-{round}");
            var fault = scenario.Recorder.AnnounceFault("cut the answer to a client", id);
            var cut = link.CutReplyAsync(Probes.Note(id), "HTTP/1.1 200 "u8);

            // The event is on disk when the answer is on its way; its client does not know, and asks again.
            using var client = new FluxClient($"unanswered-{round}", new Uri($"http://127.0.0.1:{link.Port}/"), scenario.Recorder, TimeProvider.System);
            var first = await client.TryPublishAsync(Probes.Event(id, $"plant/unanswered-{round % 10}"), Cancellation);
            await cut.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Cancellation);
            scenario.Recorder.ProveFault(fault, "the connection was cut in place of an answer of 200");
            var again = await client.PublishAsync(Probes.Event(id, $"plant/unanswered-{round % 10}"), Cancellation);

            Assert.Equal(0, first.Status);
            Assert.True(again is { Status: 200, Events: [{ Duplicate: true }] }, $"{again.Status} {again.Code}");
        }

        scenario.Row.Measure("unknown to the client, then answered with duplicate", $"{rounds} of {rounds}", "all");
        await scenario.EndLoadAsync(HistoryRecorder.Now());
        scenario.AssertNobodyLeft();
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, SettledUnknowns = rounds, DuplicateAcks = rounds, Faults = rounds, Frames = 1_000 });
    }

    [Fact]
    public async Task F24_nothing_is_skipped_when_a_commit_is_stuck_while_others_go_on()
    {
        FaultSet.NeedsShort();
        await using var scenario = await ClusterScenario.StartAsync("F24", postgreSql, hurts: true);
        await scenario.BeginAsync();
        using var client = scenario.Client("late");
        var fault = scenario.Recorder.AnnounceFault("stop a backend inside its append", "one backend", PostgreSqlServer.Node);

        // An open transaction of ours holds the next version of an entity. The append that wants it has taken its positions by then, and waits for us.
        await using var outside = await PostgreSqlServer.ConnectAsync(scenario.Cluster.Database, Cancellation);
        await using var transaction = await outside.BeginTransactionAsync(Cancellation);
        await using (var claim = new NpgsqlCommand("INSERT INTO entity_event (entity, version, position) VALUES ('plant/late', 1, 0)", outside))
        {
            await claim.ExecuteNonQueryAsync(Cancellation);
        }

        var publishing = client.PublishAsync(Probes.Event("late-1", "plant/late"), Cancellation);
        var stuck = await FindBlockedAsync(outside);
        UnixSignal.Hurt(stuck, UnixSignal.Stop);
        await transaction.RollbackAsync(Cancellation);
        await ClusterScenario.LastAsync(TimeSpan.FromSeconds(10));
        var state = ProcessTable.StateOf(stuck);
        UnixSignal.Send(stuck, UnixSignal.Continue);
        var goneOn = HistoryRecorder.Now();
        if (state is 'T')
        {
            // Nothing but a kill ends a process that is stopped, so that it was all the time.
            scenario.Recorder.ProveFault(fault, $"backend {stuck} waited for our transaction, was stopped, and after 10 s was in state {state}");
        }


        await publishing;
        scenario.Row.Measure("rate back after", await scenario.EndLoadAsync(goneOn), "≤ 2 s");
        scenario.AssertNobodyLeft();
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, SettledUnknowns = 0, Frames = 1_000 });
    }

    [Fact]
    public async Task F25_no_silo_is_declared_dead_when_all_connections_are_taken()
    {
        FaultSet.NeedsAll();
        await using var scenario = await ClusterScenario.StartAsync("F25", postgreSql, hurts: true);
        await scenario.BeginAsync();
        var fault = scenario.Recorder.AnnounceFault("take all connections", "max_connections", PostgreSqlServer.Node);
        var taken = new List<NpgsqlConnection>();
        try
        {
            while (true)
            {
                taken.Add(await PostgreSqlServer.ConnectAsync(scenario.Cluster.Database, Cancellation));
            }
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.TooManyConnections)
        {
            scenario.Recorder.ProveFault(fault, $"after {taken.Count} connections: {e.MessageText}");
        }

        await ClusterScenario.LastAsync(FaultSet.Seconds(shortSet: 15, full: 60));
        foreach (var connection in taken)
        {
            await connection.DisposeAsync();
        }

        scenario.Row.Measure("rate back after", await scenario.EndLoadAsync(HistoryRecorder.Now()), "none");
        scenario.AssertNobodyLeft();
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, SettledUnknowns = 0, Frames = 1_000 });
    }

    [Fact]
    public async Task F31_requests_are_refused_while_the_tables_are_locked_and_served_after()
    {
        FaultSet.NeedsAll();
        await using var scenario = await ClusterScenario.StartAsync("F31", postgreSql);
        await scenario.BeginAsync();
        var fault = scenario.Recorder.AnnounceFault("lock tables", "event, entity_event, event_id, log_head", PostgreSqlServer.Node);
        var locked = HistoryRecorder.Now();
        await using (var outside = await PostgreSqlServer.ConnectAsync(scenario.Cluster.Database, Cancellation))
        {
            await using var transaction = await outside.BeginTransactionAsync(Cancellation);
            await using var command = new NpgsqlCommand("LOCK TABLE event, entity_event, event_id, log_head IN ACCESS EXCLUSIVE MODE", outside);
            await command.ExecuteNonQueryAsync(Cancellation);
            await ClusterScenario.LastAsync(TimeSpan.FromSeconds(10));
            scenario.Recorder.ProveFault(fault, "the lock was held for 10 s");
        }

        var released = HistoryRecorder.Now();
        scenario.Row.Measure("rate back after", await scenario.EndLoadAsync(released), "≤ 2 s");
        scenario.Row.Measure("longest answer meanwhile", scenario.Timeline().LongestAnswer(locked, released, _ => true), "≤ 5 s, with 503");
        scenario.AssertNobodyLeft();
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, SettledUnknowns = 0, Frames = 1_000 });
    }

    private static async Task<int> FindBlockedAsync(NpgsqlConnection outside)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        await using var command = new NpgsqlCommand(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pg_backend_pid() = ANY (pg_blocking_pids(pid)) LIMIT 1", outside);
        while (true)
        {
            if (await command.ExecuteScalarAsync(limit.Token) is int pid)
            {
                return pid;
            }

            Assert.True(await timer.WaitForNextTickAsync(limit.Token));
        }
    }
}
