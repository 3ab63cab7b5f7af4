using System.Globalization;
using Flux.Testing.Cluster;
using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.PostgreSql;
using Npgsql;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>Silos stand still for a while and go on: too short to be noticed, long enough to be declared dead (fault model F07, F08, F09).</summary>
[Collection(ClusterTestGroup.Name)]
public sealed class FreezeScenarios(SharedPostgreSql postgreSql)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F07_nobody_is_declared_dead_for_a_short_freeze()
    {
        FaultSet.NeedsAll();
        var rounds = FaultSet.Rounds(least: 0, shortSet: 3, full: 20);
        await using var scenario = await ClusterScenario.StartAsync("F07", postgreSql);
        await scenario.BeginAsync();
        for (var round = 0; round < rounds; round++)
        {
            var victim = scenario.Cluster.Members[round % 3];
            await victim.FreezeAsync(scenario.Recorder, Cancellation);
            await ClusterScenario.LastAsync(TimeSpan.FromSeconds(3));
            await victim.ThawAsync(scenario.Recorder, Cancellation);
            await ClusterScenario.LastAsync(FaultSet.Seconds(shortSet: 5, full: 10));
        }

        scenario.Row.Measure("rate back after", await scenario.EndLoadAsync(HistoryRecorder.Now()), "none");
        scenario.AssertNobodyLeft();
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, SettledUnknowns = 0, Faults = 2 * rounds, Frames = 1_000 });
    }

    [Fact]
    public async Task F08_a_silo_that_was_frozen_and_declared_dead_stores_nothing_and_comes_back_as_a_new_one()
    {
        FaultSet.NeedsShort();
        await using var scenario = await ClusterScenario.StartAsync("F08", postgreSql);
        await scenario.BeginAsync(new LoadOptions { Pinned = true });
        var victim = scenario.Cluster.Members[1];

        var own = await WriteOnAsync(scenario, victim);

        await victim.FreezeAsync(scenario.Recorder, Cancellation);
        await ClusterScenario.LastAsync(FaultSet.Seconds(shortSet: 25, full: 60));
        var fenced = await WaitForFenceAsync(scenario, victim);
        var head = await scenario.HeadAsync();
        var late = await AppendLateAsync(scenario, victim, own);
        var thawed = HistoryRecorder.Now();

        // It must learn that it is dead, end, and be started again.
        var started = TimeProvider.System.GetTimestamp();
        await WaitUntilAsync(() => victim.UnexpectedExits.Count > 0, $"{victim.Name} to end by itself", scenario);
        await victim.WaitUntilReadyAsync(Cancellation);
        scenario.Row.Measure("back as a new generation after", TimeProvider.System.GetElapsedTime(started), "≤ 20 s");
        scenario.Row.Measure("rate back after", await scenario.EndLoadAsync(thawed), "none");
        Assert.All(victim.UnexpectedExits, code => Assert.NotEqual(0, code));
        Assert.Equal([victim], scenario.Cluster.Members.Where(m => m.UnexpectedExits.Count > 0));
        using (var client = scenario.Client("late-again"))
        {
            foreach (var sent in late)
            {
                var settled = await client.PublishAsync(sent, Cancellation);
                Assert.True(settled is { Status: 200, Events: [{ Duplicate: false }] }, $"{sent.EventId}: {settled.Status} {settled.Code}");
            }
        }

        scenario.Row.Measure("writers fenced while it was frozen", string.Join(", ", fenced), "its own");
        Assert.True(await CommitsOfAsync(scenario, fenced[0], $"first_position <= {head}") > 0, $"{fenced[0]} has written nothing before, so that it is not the name to look for");
        Assert.Equal(0L, await CommitsOfAsync(scenario, fenced[0], $"first_position > {head}"));
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, Faults = 2, Frames = 1_000 });
    }

    [Fact]
    public async Task F09_nothing_is_wrong_when_two_of_three_are_frozen()
    {
        FaultSet.NeedsAll();
        await using var scenario = await ClusterScenario.StartAsync("F09", postgreSql);
        await scenario.BeginAsync();
        ClusterMember[] victims = [scenario.Cluster.Members[0], scenario.Cluster.Members[2]];

        var frozen = HistoryRecorder.Now();
        await Task.WhenAll(victims.Select(v => v.FreezeAsync(scenario.Recorder, Cancellation)));
        await ClusterScenario.LastAsync(FaultSet.Seconds(shortSet: 25, full: 60));
        await Task.WhenAll(victims.Select(v => v.ThawAsync(scenario.Recorder, Cancellation)));
        var thawed = HistoryRecorder.Now();

        scenario.Row.Measure("rate back after", await scenario.EndLoadAsync(thawed), "≤ 20 s");
        scenario.Row.Measure(
            "served by the third meanwhile",
            scenario.Timeline().ServedShare(frozen, thawed, r => r.Node == scenario.Cluster.Members[1].Node),
            "any, else 503");
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, Faults = 4, Frames = 1_000 });
    }

    // Entities that a silo has in memory, as the writer of their events tells.
    private static async Task<List<string>> WriteOnAsync(ClusterScenario scenario, ClusterMember member)
    {
        using var client = scenario.Client("before", member);
        var own = new List<string>();
        for (var i = 0; own.Count < 4; i++)
        {
            Assert.True(i < 100, $"{member.Name} has none of 100 entities");
            var entity = string.Create(CultureInfo.InvariantCulture, $"plant/late-{i}");
            await client.PublishAsync(Probes.Event($"before-{i}", entity), Cancellation);
            if (await LogWriters.OfAsync(scenario.Cluster.Database, entity) is [var writer] && writer.IsOf(member))
            {
                own.Add(entity);
            }
        }

        return own;
    }

    private static async Task<string[]> WaitForFenceAsync(ClusterScenario scenario, ClusterMember member)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1), TimeProvider.System);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        while (true)
        {
            // The names of single tries, with # and a number, are fenced when the answer to a commit does not come.
            var fenced = (await LogWriters.FencedAsync(scenario.Cluster.Database)).Where(name => name.IsOf(member) && !name.Contains('#', StringComparison.Ordinal)).ToArray();
            if (fenced.Length > 0)
            {
                return fenced;
            }

            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    /// <summary>Lets a silo go on that was declared dead, and try to append to what it has in memory before it can learn that from the others.</summary>
    /// <returns>What it tried to append.</returns>
    private static async Task<List<OutgoingEvent>> AppendLateAsync(ClusterScenario scenario, ClusterMember victim, List<string> entities)
    {
        await using var outside = await PostgreSqlServer.ConnectAsync(scenario.Cluster.Database, Cancellation);
        await using var transaction = await outside.BeginTransactionAsync(Cancellation);
        await using (var command = new NpgsqlCommand("LOCK TABLE silo IN ACCESS EXCLUSIVE MODE", outside))
        {
            await command.ExecuteNonQueryAsync(Cancellation);
        }

        var late = entities.ConvertAll(entity => Probes.Event($"late-{entity}", entity));
        var sending = late.ConvertAll(async sent =>
        {
            using var client = scenario.Client($"{sent.EventId}", victim);
            return await client.TryPublishAsync(sent, Cancellation);
        });
        await victim.ThawAsync(scenario.Recorder, Cancellation);
        await WaitUntilAsync(() => victim.Output.Contains("it can store nothing any more", StringComparison.Ordinal), $"{victim.Name} to be refused by the fence", scenario);
        await transaction.RollbackAsync(Cancellation);
        Assert.DoesNotContain(await Task.WhenAll(sending), answer => answer.Status == 200);
        return late;
    }

    private static async Task<long> CommitsOfAsync(ClusterScenario scenario, string writer, string where) => (long)(await PostgreSqlServer.ExecuteAsync(
        scenario.Cluster.Database, $"SELECT count(*) FROM log_commit WHERE split_part(writer, '#', 1) = '{writer}' AND {where}", Cancellation))!;

    private static async Task WaitUntilAsync(Func<bool> holds, string what, ClusterScenario scenario)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1), TimeProvider.System);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(25), TimeProvider.System);
        try
        {
            while (!holds())
            {
                await timer.WaitForNextTickAsync(limit.Token);
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"waited a minute for {what}\n{scenario.Cluster.Output}");
        }
    }
}
