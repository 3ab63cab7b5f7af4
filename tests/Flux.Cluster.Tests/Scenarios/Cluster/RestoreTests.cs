using System.Globalization;
using System.Text;
using System.Text.Json;
using Flux.Cluster.Tests.Scenarios.Subscriptions;
using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.PostgreSql;
using Flux.Testing.Processes;
using Npgsql;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>
/// A backup of PostgreSQL that was taken while events came in, restored with the commands of docs/operations.md while the original still runs: it holds
/// all that was acknowledged before, goes on at its head, and a damaged byte is found.
/// </summary>
[Collection(ClusterTestGroup.Name)]
public sealed class RestoreTests(BackedUpCluster original) : IClassFixture<BackedUpCluster>
{
    // More than a few, so that an entity whose grain another cluster's silo would take is among them.
    private const int NewEntities = 20;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_restored_dump_serves_all_that_was_acknowledged_before_it_and_goes_on()
    {
        Assert.SkipWhen(BackedUpCluster.WhyMissing is not null, BackedUpCluster.WhyMissing ?? string.Empty);
        var names = new Dictionary<string, string> { ["RESTORED"] = "restored", ["FILE"] = original.Dump };

        await OperatorsGuide.RunAsync("createdb", original.Server, names, Cancellation);
        await OperatorsGuide.RunAsync("pg_restore", original.Server, names, Cancellation);

        await RestoreAsync(original.Server, "restored");
        await AssertDamageIsFoundAsync(original.Server.ConnectionStringOf("restored"), position: 100);
    }

    [Fact]
    public async Task A_server_on_a_base_backup_serves_all_that_was_acknowledged_before_it_and_goes_on()
    {
        Assert.SkipWhen(BackedUpCluster.WhyMissing is not null, BackedUpCluster.WhyMissing ?? string.Empty);

        await RestoreAsync(original.Copy, new NpgsqlConnectionStringBuilder(original.Database).Database!);
    }

    private static Task<FluxCommandResult> VerifyAsync(string database)
    {
        var arguments = Assert.Single(OperatorsGuide.ArgumentsOf("Flux.Server", new() { ["CONNECTION"] = database }));
        return FluxCommand.RunAsync(arguments, new Dictionary<string, string>(), Cancellation);
    }

    private async Task RestoreAsync(PostgreSqlServer server, string name)
    {
        var database = server.ConnectionStringOf(name);
        await OperatorsGuide.RunAsync("psql", server, new() { ["RESTORED"] = name }, Cancellation);
        var head = await BackedUpCluster.HeadOfAsync(database);
        var verified = await VerifyAsync(database);

        Assert.True(verified.ExitCode == 0, verified.Errors);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"verified to position {head},"), verified.Output, StringComparison.Ordinal);
        Assert.NotEqual(await EpochAsync(original.Database), await EpochAsync(database));
        await ServeAsync(database, name, head);
    }

    private async Task ServeAsync(string database, string name, long head)
    {
        var originalHead = await BackedUpCluster.HeadOfAsync(original.Database);
        await using var recorder = new HistoryRecorder(original.At($"history-{name}"));
        original.AcknowledgedUntil(head).ForEach(recorder.Add);
        await using var silo = await FluxProcess.StartAsync(new FluxProcessOptions { Postgres = database }, TimeProvider.System, Cancellation);
        using var client = new FluxClient("restored", silo.Address, recorder, TimeProvider.System);

        Scenario.Print($"restored to position {head} of {originalHead}, ready after {silo.StartedIn.TotalMilliseconds:F0} ms");
        Assert.True(head < originalHead, "nothing was written after the backup, so it was not taken while events came in");
        await AssertServesAsync(silo.Address, original.AcknowledgedBefore());
        await Cursors.AssertUnknownAsync(silo.Address, await Cursors.OfHeadAsync(original.Silo), head);
        for (var i = 1; i <= NewEntities; i++)
        {
            var published = await client.PublishAsync(Probes.Event($"after-{i}", $"restored/e{i}"), Cancellation);
            Assert.Equal((head + i, 1), (published.Events[0].Position, published.Events[0].Version));
        }

        // The silo of the original runs, under the same name of the cluster; it must have no part in the restored one.
        Assert.Equal(originalHead, await BackedUpCluster.HeadOfAsync(original.Database));
        await client.DumpStateAsync(silo.Node, Cancellation);
        Assert.Equal(0, await silo.StopAsync(Cancellation));
        Assert.Empty(await PostgreSqlLogDump.DumpAsync(database, recorder, Cancellation));
        var thresholds = new HistoryThresholds { Acked = 200, DuplicateAcks = 0, Conflicts = 0, SettledUnknowns = 0, Faults = 0 };
        HistoryJudge.Judge(recorder, thresholds, silo.Output);
    }

    /// <summary>Asserts that each event is in the history of its entity as it was acknowledged; the judgement looks at those without an entity.</summary>
    private static async Task AssertServesAsync(Uri address, List<EventRecord> acknowledged)
    {
        using var http = new HttpClient { BaseAddress = address };
        var entities = acknowledged.ToLookup(e => e.Entity ?? PayloadMeaning.Read(e.Payload!).EntityId);
        Assert.True(acknowledged.Count > 200, $"only {acknowledged.Count} events were acknowledged before the backup");
        foreach (var entity in entities.Where(e => e.Key is not null))
        {
            var body = await http.GetByteArrayAsync(new Uri($"api/events?limit=500&entity={Uri.EscapeDataString(entity.Key!)}", UriKind.Relative), Cancellation);
            using var json = JsonDocument.Parse(body);
            var served = json.RootElement.EnumerateArray().ToDictionary(e => e.GetProperty("position").GetInt64());
            foreach (var sent in entity)
            {
                Assert.True(served.TryGetValue(sent.Position!.Value, out var got), $"{entity.Key} does not have what was acknowledged at {sent.Position}");
                Assert.Equal((sent.AckedEventId, sent.Version), (got.GetProperty("eventId").GetString(), got.GetProperty("version").GetInt64()));
                Assert.True(
                    sent.Payload is null || JsonSame.Value(sent.Payload, Encoding.UTF8.GetBytes(got.GetProperty("payload").GetRawText())),
                    $"another payload is at {sent.Position}: {got}");
            }
        }
    }

    /// <summary>The control: the first byte of a payload, without which it is no JSON, and one in a text.</summary>
    private static async Task AssertDamageIsFoundAsync(string database, long position)
    {
        foreach (var at in (string[])["0", "length(payload) / 2"])
        {
            var flip = string.Create(
                CultureInfo.InvariantCulture, $"UPDATE event SET payload = set_byte(payload, {at}, get_byte(payload, {at}) # 1) WHERE position = {position}");
            await PostgreSqlServer.ExecuteAsync(database, flip, Cancellation);
            var damaged = await VerifyAsync(database);
            await PostgreSqlServer.ExecuteAsync(database, flip, Cancellation);

            Assert.Equal(1, damaged.ExitCode);
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"position {position} "), Assert.Single(damaged.ErrorLines), StringComparison.Ordinal);
        }
    }

    private static Task<object?> EpochAsync(string database) => PostgreSqlServer.ExecuteAsync(database, "SELECT epoch FROM log_meta", Cancellation);
}
