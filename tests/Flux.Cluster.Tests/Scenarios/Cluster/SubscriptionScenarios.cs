using Flux.Cluster.Tests.Scenarios.Subscriptions;
using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.PostgreSql;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>Subscriptions lose nothing on three silos either: every subscriber goes on at its cursor on another silo (fault model P5 and P6 under F01 and F05).</summary>
[Collection(ClusterTestGroup.Name)]
public sealed class SubscriptionScenarios(SharedPostgreSql postgreSql)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Subscribers_of_all_kinds_get_what_the_log_has_while_sockets_are_cut_and_silos_are_killed()
    {
        FaultSet.NeedsShort();
        var trial = FaultSet.IsLong
            ? SubscriptionTrial.Long
            : new SubscriptionTrial { Subscribers = 60, Writers = 8, Duration = TimeSpan.FromSeconds(60), Pause = TimeSpan.FromMilliseconds(80), Stall = TimeSpan.FromSeconds(7) };
        await using var scenario = await ClusterScenario.StartAsync("subscriptions", postgreSql);
        await using var run = new SubscriptionRun(trial, scenario.Cluster.Addresses, scenario.Recorder);
        for (var number = 0; number < run.Classic; number++)
        {
            await scenario.SubscribeAsync($"classic-{number}", SubscriberPlans.ClassicFilter(number, run.Load), scenario.Cluster.Members[number % 3]);
        }

        // One silo, and in the end all of them at once.
        await run.LastAsync(
            new Func<Task>[]
            {
                async () =>
                {
                    await scenario.Cluster.Members[0].KillAsync(scenario.Recorder, Cancellation);
                    await scenario.Cluster.Members[0].StartAsync(Cancellation);
                },
                async () =>
                {
                    await Task.WhenAll(scenario.Cluster.Members.Select(m => m.KillAsync(scenario.Recorder, Cancellation)));
                    await scenario.Cluster.StartAsync(Cancellation);
                },
            });

        await run.Group.QuiesceAsync(async recorder => Assert.Empty(await PostgreSqlLogDump.DumpAsync(scenario.Cluster.Database, recorder, Cancellation)));
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, SettledUnknowns = 0, Faults = 4, Frames = 500 });
        run.Judge();
    }
}
