using System.Globalization;
using System.Text.RegularExpressions;
using Flux.Client;
using Flux.Cluster.Tests.Scenarios.Subscriptions;
using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.Network;
using Flux.Testing.PostgreSql;
using Npgsql;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>The database fails over to a standby under load (fault model F32).</summary>
[Collection(ClusterTestGroup.Name)]
public sealed partial class FailoverScenarios
{
    private static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(60); // a guard against hanging, and no target

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F32_a_fail_over_to_a_synchronous_standby_loses_nothing_and_no_silo()
    {
        FaultSet.NeedsAll();
        Assert.SkipWhen(PostgreSqlServer.WhyNotPrivate is not null, PostgreSqlServer.WhyNotPrivate ?? string.Empty);
        await using var primary = await PostgreSqlServer.StartPrivateAsync(Path.GetTempPath(), TimeProvider.System, Cancellation);
        await using var standby = await primary.StartStandbyAsync(primary.Port, Cancellation);
        await using var address = TcpProxy.Start(primary.Port, TimeProvider.System);
        var database = await DatabaseAsync(primary, address);
        await primary.WaitForStandbyAsync(isSynchronous: true, Cancellation);
        await using var scenario = await ClusterScenario.StartAsync("F32", primary, database);
        await scenario.BeginAsync();

        await primary.KillAsync(scenario.Recorder, Cancellation);
        var up = await PromoteAsync(standby, address);

        scenario.Row.Measure("rate back, synchronous", await scenario.EndLoadAsync(up), "≤ 5 s after PG is up");
        scenario.AssertNobodyLeft();
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, SettledUnknowns = 0, Frames = 1_000 });
    }

    [Fact]
    public async Task F32_what_a_fail_over_to_a_standby_that_was_behind_has_lost_is_named_and_nobody_is_left_with_the_past()
    {
        FaultSet.NeedsAll();
        Assert.SkipWhen(PostgreSqlServer.WhyNotPrivate is not null, PostgreSqlServer.WhyNotPrivate ?? string.Empty);
        await using var primary = await PostgreSqlServer.StartPrivateAsync(Path.GetTempPath(), TimeProvider.System, Cancellation);
        await using var replication = TcpProxy.Start(primary.Port, TimeProvider.System);
        await using var standby = await primary.StartStandbyAsync(replication.Port, Cancellation);
        await using var address = TcpProxy.Start(primary.Port, TimeProvider.System);
        var database = await DatabaseAsync(primary, address);
        await primary.WaitForStandbyAsync(isSynchronous: false, Cancellation);
        await using var scenario = await ClusterScenario.StartAsync("F32", primary, database);
        await using var client = new Client.FluxClient(new FluxClientOptions { Addresses = [.. scenario.Cluster.Addresses] });
        await using var subscription = client.Subscribe(new SubscriptionRequest { Entities = ["plant/*"] });
        await using var feed = subscription.GetAsyncEnumerator(Cancellation);
        Assert.True(await feed.MoveNextAsync().AsTask().WaitAsync(WaitLimit, Cancellation));
        var hearing = HearAsync(feed);
        await scenario.BeginAsync();

        replication.Drop();
        await scenario.Load.WaitForAsync(200, Cancellation);
        var cursor = await Cursors.OfHeadAsync(scenario.Cluster.Members[0].Address);
        await primary.KillAsync(scenario.Recorder, Cancellation);
        var up = await PromoteAsync(standby, address);
        await Task.WhenAll(scenario.Cluster.Members.Select(async member =>
        {
            await member.Process.WaitForExitAsync(Cancellation).WaitAsync(WaitLimit, Cancellation); // the one that has seen what is lost
            await member.WaitUntilReadyAsync(Cancellation);
        }));
        scenario.Row.Measure("all silos ready again, asynchronous", TimeSpan.FromMicroseconds((HistoryRecorder.Now() - up) / 1000.0), "soon");
        await scenario.EndLoadAsync(up);

        // Whoever was told of an event that is not there any more hears of it, and what is new reaches those who begin anew.
        Assert.IsType<SubscriptionItem.CursorUnknown>(await hearing.WaitAsync(WaitLimit, Cancellation));
        await using var again = client.Subscribe(new SubscriptionRequest { Entities = ["plant/after"] });
        await using var anew = again.GetAsyncEnumerator(Cancellation);
        Assert.True(await anew.MoveNextAsync().AsTask().WaitAsync(WaitLimit, Cancellation));
        using (var producer = scenario.Client("after"))
        {
            await producer.PublishAsync(Probes.Event("after", "plant/after"), Cancellation);
        }

        while (anew.Current is not SubscriptionItem.Change { EntityId: "plant/after" })
        {
            Assert.True(await anew.MoveNextAsync().AsTask().WaitAsync(WaitLimit, Cancellation));
        }

        await Cursors.AssertUnknownAsync(scenario.Cluster.Members[1].Address, cursor, await BackedUpCluster.HeadOfAsync(database));
        await AssertNamedAsync(scenario, database);
        var exitCodes = await Task.WhenAll(scenario.Cluster.Members.Select(m => m.StopAsync(Cancellation)));
        Assert.All(exitCodes, code => Assert.Equal(0, code));
        await using var fresh = new HistoryRecorder(Path.Combine(scenario.Recorder.Directory, "after"));
        Assert.Empty(await PostgreSqlLogDump.DumpAsync(database, fresh, Cancellation)); // no gap, and each entity's hashes fit together
    }

    // Returns what came last.
    private static async Task<SubscriptionItem> HearAsync(IAsyncEnumerator<SubscriptionItem> feed)
    {
        var last = feed.Current;
        while (await feed.MoveNextAsync())
        {
            last = feed.Current;
        }

        return last;
    }

    // The address that does not change when the database moves.
    private static async Task<string> DatabaseAsync(PostgreSqlServer primary, TcpProxy address) =>
        new NpgsqlConnectionStringBuilder(await primary.CreateDatabaseAsync(Cancellation)) { Port = address.Port }.ToString();

    private static async Task<long> PromoteAsync(PostgreSqlServer standby, TcpProxy address)
    {
        await standby.PromoteAsync(Cancellation);
        address.PassTo(standby.Port);
        address.Reset();
        return HistoryRecorder.Now();
    }

    private static async Task AssertNamedAsync(ClusterScenario scenario, string database)
    {
        scenario.Recorder.Flush();
        var recorded = await RecordedAsync(database);
        var lost = HistoryReader.Read(scenario.Recorder.Directory, HistoryFiles.Requests, HistoryJson.Default.RequestRecord)
            .SelectMany(read => read.Record.Events)
            .Where(e => e is { Position: not null, AckedEventId: not null } && recorded.GetValueOrDefault(e.Position.Value) != e.AckedEventId)
            .Select(e => (e.Position!.Value, e.AckedEventId!)).ToHashSet();
        var named = Lost().Matches(scenario.Cluster.Output)
            .Select(m => (long.Parse(m.Groups["position"].ValueSpan, CultureInfo.InvariantCulture), m.Groups["id"].Value)).ToHashSet();

        Assert.True(lost.Count >= 100, $"only {lost.Count} acknowledged events were lost, so nothing was tried");
        Assert.Empty(lost.Except(named));
        Assert.DoesNotContain(named, one => recorded.GetValueOrDefault(one.Item1) == one.Item2);
        scenario.Row.Measure("acknowledged and lost with an asynchronous standby", $"{lost.Count}, each named", "each named");
    }

    private static async Task<Dictionary<long, string>> RecordedAsync(string database)
    {
        var recorded = new Dictionary<long, string>();
        await using var connection = await PostgreSqlServer.ConnectAsync(database, Cancellation);
        await using var command = new NpgsqlCommand("SELECT position, event_id FROM event", connection);
        await using var row = await command.ExecuteReaderAsync(Cancellation);
        while (await row.ReadAsync(Cancellation))
        {
            recorded.Add(row.GetInt64(0), row.GetString(1));
        }

        return recorded;
    }

    [GeneratedRegex(@"Lost: position (?<position>\d+), event (?<id>[^,]+),", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Lost();
}
