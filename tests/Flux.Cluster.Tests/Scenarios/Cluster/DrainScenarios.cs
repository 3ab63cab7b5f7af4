using System.Net.WebSockets;
using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.PostgreSql;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>Silos are asked to end, one after the other, as a rolling restart does (fault model F10).</summary>
[Collection(ClusterTestGroup.Name)]
public sealed class DrainScenarios(SharedPostgreSql postgreSql)
{
    [Fact]
    public async Task F10_a_silo_that_is_asked_to_end_hands_over_and_says_goodbye()
    {
        FaultSet.NeedsShort();
        var cancellation = TestContext.Current.CancellationToken;
        var rounds = FaultSet.Rounds(least: 0, shortSet: 3, full: 10);
        await using var scenario = await ClusterScenario.StartAsync("F10", postgreSql);
        await scenario.BeginAsync();
        var began = HistoryRecorder.Now();
        var longest = TimeSpan.Zero;
        for (var round = 0; round < rounds; round++)
        {
            var victim = scenario.Cluster.Members[round % 3];
            await using var guest = new FluxSubscriber(
                $"guest-{round}", [victim.Address], "*", scenario.Cluster.Addresses, scenario.Recorder, TimeProvider.System);
            await guest.ArmedAsync(cancellation);
            var asked = TimeProvider.System.GetTimestamp();
            var exitCode = await victim.TerminateAsync(scenario.Recorder, cancellation);
            var took = TimeProvider.System.GetElapsedTime(asked);
            longest = took > longest ? took : longest;
            await guest.CloseAsync(cancellation);

            Assert.True(exitCode == 0, $"{victim.Name} ended with {exitCode}\n{victim.Output}");
            Assert.Equal([WebSocketCloseStatus.EndpointUnavailable], guest.Endings.Take(1));
            await victim.StartAsync(cancellation);
            await ClusterScenario.LastAsync(FaultSet.Seconds(shortSet: 3, full: 15));
        }

        var ended = HistoryRecorder.Now();
        scenario.Measure("rate back after", await scenario.EndLoadAsync(ended), "none");
        scenario.Measure("longest drain", longest, "≤ 30 s");
        scenario.Measure("most failures in a row of a client", $"{scenario.Timeline().MostFailuresInARow(began, ended)}", "≤ 1");
        scenario.Measure("sockets back after", scenario.LongestAbsence(), "p99 ≤ 10 s");
        Assert.True(longest < TimeSpan.FromSeconds(30), $"a drain took {longest}");
        Assert.All(scenario.Subscribers.SelectMany(s => s.Endings), code => Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, code));
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, SettledUnknowns = 0, Faults = rounds, Frames = 1_000 });
    }
}
