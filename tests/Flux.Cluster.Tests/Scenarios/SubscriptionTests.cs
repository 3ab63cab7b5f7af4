using Flux.Cluster.Tests.Scenarios.Subscriptions;
using Flux.Testing.History;
using Flux.Testing.Load;

namespace Flux.Cluster.Tests.Scenarios;

/// <summary>Subscriptions lose nothing: every subscriber of one embedded server gets exactly what the log has for it.</summary>
public sealed class SubscriptionTests
{
    private static readonly SubscriptionTrial Trial = Scenario.IsLong
        ? SubscriptionTrial.Long
        : new SubscriptionTrial { Subscribers = 30, Writers = 6, Duration = TimeSpan.FromSeconds(16) };

    [Fact]
    public async Task Subscribers_of_all_kinds_get_what_the_log_has_while_sockets_are_cut_and_the_server_is_killed()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var scenario = new Scenario();
        await scenario.StartAsync();
        await using var run = new SubscriptionRun(Trial, [scenario.Address], scenario.Recorder);
        var classic = new List<FluxSubscriber>();
        for (var number = 0; number < run.Classic; number++)
        {
            classic.Add(new FluxSubscriber($"classic-{number}", [scenario.Address], SubscriberPlans.ClassicFilter(number, run.Load), [scenario.Address], scenario.Recorder, TimeProvider.System));
        }

        var kills = Scenario.IsLong ? 2 : 1;
        await run.LastAsync(Enumerable.Repeat(async () =>
        {
            await scenario.Server.KillAsync(scenario.Recorder, cancellation);
            await scenario.StartAsync();
        }, kills).ToArray());

        foreach (var subscriber in classic)
        {
            Assert.True(await subscriber.QuiesceAsync(TimeSpan.FromSeconds(30), cancellation), $"{subscriber.Name} never got the last event");
            await subscriber.CloseAsync(cancellation);
            await subscriber.DisposeAsync();
        }

        await run.Group.QuiesceAsync(recorder =>
        {
            SqliteLogDump.Dump(scenario.DataDirectory, recorder); // nothing is written now, so that a copy of its files is whole
            return Task.CompletedTask;
        });
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, SettledUnknowns = 0, Faults = kills, Frames = 500 });
        run.Judge();
    }
}
