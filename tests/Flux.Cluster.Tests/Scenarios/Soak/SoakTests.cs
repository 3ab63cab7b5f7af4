using System.Globalization;
using Flux.Cluster.Tests.Scenarios.Cluster;
using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.PostgreSql;

namespace Flux.Cluster.Tests.Scenarios.Soak;

/// <summary>Half of what the machine can take, for as many minutes as <c>FLUX_SOAK</c> says, on each store. Writes docs/soak.md.</summary>
[Collection(ClusterTestGroup.Name)]
public sealed class SoakTests(SharedPostgreSql postgreSql)
{
    private static readonly HistoryThresholds Thresholds = new() { Acked = 1_000, SettledUnknowns = 0, Faults = 0, Frames = 500 };

    // A guard against hanging, and no target: whoever was cut shortly before the end reads all that was written meanwhile.
    private static readonly TimeSpan QuiesceLimit = TimeSpan.FromMinutes(10);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_server_stays_as_it_is_under_half_of_its_load()
    {
        var duration = Asked();
        await using var scenario = new Scenario { StartLimit = QuiesceLimit };
        await scenario.StartAsync();
        var target = new SoakTarget("Embedded", [scenario.Address], scenario.Recorder, () => [scenario.Server.Id], () => Task.FromResult(BytesOf(scenario.DataDirectory)));
        await using var run = new SoakRun(target, duration);
        await using var classic = Classic(target);

        var load = await run.LastAsync();

        await CloseAsync(classic);
        await load.Group.QuiesceAsync(
            recorder =>
            {
                SqliteLogDump.Dump(scenario.DataDirectory, recorder); // nothing is written now, so that a copy of its files is whole
                return Task.CompletedTask;
            },
            QuiesceLimit);
        await scenario.FinishAsync(Thresholds);
        await run.JudgeAsync("The history checker and the checker of subscriptions found nothing.");
    }

    [Fact]
    public async Task Three_silos_stay_as_they_are_under_half_of_their_load()
    {
        var duration = Asked();
        await using var scenario = await ClusterScenario.StartAsync("soak", postgreSql);
        var target = new SoakTarget(
            "PostgreSQL, three silos",
            scenario.Cluster.Addresses,
            scenario.Recorder,
            () => [.. scenario.Cluster.Members.Select(member => member.Process.Id)],
            async () => (long)(await PostgreSqlServer.ExecuteAsync(scenario.Cluster.Database, "SELECT pg_database_size(current_database())", Cancellation))!);
        await using var run = new SoakRun(target, duration);
        await using var classic = Classic(target);

        var load = await run.LastAsync();

        scenario.AssertNobodyLeft();
        await CloseAsync(classic);
        await load.Group.QuiesceAsync(
            async recorder => Assert.Empty(await PostgreSqlLogDump.DumpAsync(scenario.Cluster.Database, recorder, Cancellation)), QuiesceLimit);
        await scenario.FinishAsync(Thresholds);
        await run.JudgeAsync("The history checker, the checker of subscriptions and the audit of the database found nothing.");
    }

    private static TimeSpan Asked()
    {
        var minutes = Environment.GetEnvironmentVariable("FLUX_SOAK");
        Assert.SkipWhen(string.IsNullOrEmpty(minutes), "runs for as many minutes as FLUX_SOAK says");
        return TimeSpan.FromMinutes(double.Parse(minutes!, CultureInfo.InvariantCulture));
    }

    private static FluxSubscriber Classic(SoakTarget target) => new("classic", target.Addresses, "plant/*", target.Addresses, target.Recorder, TimeProvider.System);

    private static async Task CloseAsync(FluxSubscriber subscriber)
    {
        Assert.True(await subscriber.QuiesceAsync(QuiesceLimit, Cancellation), $"{subscriber.Name} never got the last event");
        await subscriber.CloseAsync(Cancellation);
    }

    private static long BytesOf(string directory) => new DirectoryInfo(directory).EnumerateFiles("log.db*").Sum(file => file.Length);
}
