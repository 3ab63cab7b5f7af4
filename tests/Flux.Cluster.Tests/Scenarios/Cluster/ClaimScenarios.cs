using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Flux.Client;
using Flux.Testing.Cluster;
using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.PostgreSql;
using Npgsql;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>Claims and due times while silos are lost: one holder at a time, tokens that grow, nothing that is due forgotten.</summary>
[Collection(ClusterTestGroup.Name)]
public sealed class ClaimScenarios(SharedPostgreSql postgreSql)
{
    private const string Job = "plant/job";

    private static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(60); // guards against hanging, and is no target

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_a_thousand_contenders_one_holds_the_claim_at_any_time_while_a_silo_is_killed()
    {
        await using var scenario = await ClusterScenario.StartAsync("F55", postgreSql);
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 32 }) { Timeout = TimeSpan.FromSeconds(10) };
        var contenders = Enumerable.Range(0, 1_000)
            .Select(i => new Contender($"worker-{i}", Job, http, scenario.Cluster.Addresses, Seed.Random(part: 1, i), TimeProvider.System)).ToArray();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var working = Task.WhenAll(contenders.Select(contender => contender.RunAsync(stop.Token)));

        for (var round = 0; round < FaultSet.Rounds(least: 1, shortSet: 1, full: 5); round++)
        {
            await GrantedAsync(contenders, 10);
            var victim = scenario.Cluster.Members[round % scenario.Cluster.Members.Count];
            await victim.KillAsync(scenario.Recorder, Cancellation);
            await GrantedAsync(contenders, 10);
            await victim.StartAsync(Cancellation);
        }

        await GrantedAsync(contenders, 10);
        await stop.CancelAsync();
        await working;

        var holdings = contenders.SelectMany(contender => contender.Holdings).OrderBy(holding => holding.From).ToList();
        foreach (var (earlier, later) in holdings.Zip(holdings.Skip(1)))
        {
            Assert.True(later.Token > earlier.Token, $"{later} came after {earlier} with no larger token");
            Assert.True(later.From >= earlier.Until, $"{earlier} and {later} held it together for {Stopwatch.GetElapsedTime(later.From, earlier.Until)}");
        }

        var (tried, refused) = (contenders.Sum(c => c.Late.Tried), contenders.Sum(c => c.Late.Refused));
        Assert.True(tried >= 10 && tried == refused, $"{refused} of {tried} late writes were refused");
        var written = await CheckLogAsync(scenario.Cluster.Database);
        foreach (var (position, token) in contenders.SelectMany(c => c.Written))
        {
            Assert.True(written.GetValueOrDefault(position) == token, $"a write with token {token} was acknowledged at {position}, where the log has another or none");
        }

        scenario.Row.Measure("claims granted", $"{holdings.Count}", "any");
        scenario.Row.Measure("late writes refused", $"{refused} of {tried}", $"= {tried}");
        scenario.Row.Measure("writes of holders", $"{written.Count}", "any");
    }

    [Fact]
    public async Task F55_of_a_hundred_clients_that_expect_one_version_over_all_silos_one_wins_each_round()
    {
        FaultSet.NeedsShort();
        var rounds = FaultSet.Rounds(least: 0, shortSet: 20, full: 100);
        await using var scenario = await ClusterScenario.StartAsync("F55", postgreSql);
        var clients = scenario.Cluster.Members.Select(member => scenario.Client($"racer-{member.Name}", member)).ToArray();
        for (var version = 0; version < rounds; version++)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => clients[i % clients.Length].TryPublishAsync(
                OutgoingEvent.Create($"race-{version}-{i}", "race", $$$"""{"entity_id":"plant/prize","properties":{"by":{{{i}}}}}""", ifVersion: version), Cancellation)));

            Assert.Equal(version + 1, Assert.Single(answers, a => a.Status == 200).Events[0].Version);
            Assert.Equal(99, answers.Count(a => a is { Status: 409, Code: "version_conflict" }));
        }

        scenario.Row.Measure("winners", $"{rounds} of {rounds} rounds, 1 each", $"= {rounds}");
        await scenario.FinishAsync(new HistoryThresholds { Acked = rounds, DuplicateAcks = 0, Conflicts = 0, SettledUnknowns = 0, Faults = 0 });
    }

    [Fact]
    public async Task What_is_due_is_pushed_while_a_silo_is_killed_and_after_a_restart_of_all_that_spans_its_time()
    {
        FaultSet.NeedsShort();
        await using var scenario = await ClusterScenario.StartAsync("F60", postgreSql);
        var members = scenario.Cluster.Members;
        using var http = new HttpClient();
        await using var client = new Client.FluxClient(new FluxClientOptions { Addresses = [members[0].Address] });
        await using var subscription = client.Subscribe(new SubscriptionRequest { Entities = ["plant/*"] });
        var feed = subscription.GetAsyncEnumerator(Cancellation);
        Assert.True(await feed.MoveNextAsync().AsTask().WaitAsync(WaitLimit, Cancellation));

        // Every silo takes some; one is killed when they are due.
        var due = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        for (var i = 0; i < 60; i++)
        {
            var id = $"plant/lamp-{i}";
            await PublishAsync(http, members[i % members.Count], id, ttl: 4);
            due.Add(id, await ReadDueAsync(http, members[0], id));
        }

        // At the time of the first.
        var wait = due.Values.Min() - TimeProvider.System.GetUtcNow();
        await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, TimeProvider.System, Cancellation);
        await members[1].KillAsync(scenario.Recorder, Cancellation);
        var lateness = new List<TimeSpan>();
        var lamps = due.Keys.ToList();
        while (due.Count > 0)
        {
            Assert.True(await feed.MoveNextAsync().AsTask().WaitAsync(WaitLimit, Cancellation));
            if (feed.Current is SubscriptionItem.EntityDeleted deleted && due.Remove(deleted.EntityId, out var at))
            {
                lateness.Add(TimeProvider.System.GetUtcNow() - at);
                Assert.True(deleted.Timestamp >= at, $"{deleted.EntityId} was deleted at {deleted.Timestamp:O}, before {at:O}");
            }
        }

        scenario.Row.Measure("pushed after its time, at most, with a silo killed at that time", lateness.Max(), "≤ 15 s");

        await feed.DisposeAsync();
        await members[1].StartAsync(Cancellation);
        for (var i = 0; i < 20; i++)
        {
            await PublishAsync(http, members[i % members.Count], $"plant/fan-{i}", ttl: 2);
            due.Add($"plant/fan-{i}", await ReadDueAsync(http, members[0], $"plant/fan-{i}"));
        }

        await Task.WhenAll(members.Select(member => member.KillAsync(scenario.Recorder, Cancellation)));
        var last = due.Values.Max();
        await Task.Delay(last > TimeProvider.System.GetUtcNow() ? last - TimeProvider.System.GetUtcNow() : TimeSpan.Zero, TimeProvider.System, Cancellation);
        await scenario.Cluster.StartAsync(Cancellation);
        var started = TimeProvider.System.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(WaitLimit);
        while ((await http.GetFromJsonAsync<JsonElement>(new Uri(members[0].Address, "/api/state/entities?prefix=plant/fan"), limit.Token)).GetArrayLength() > 0)
        {
        }

        scenario.Row.Measure("gone after a restart that spans its time", TimeProvider.System.GetElapsedTime(started), "soon");
        foreach (var id in lamps.Concat(due.Keys))
        {
            var history = await http.GetFromJsonAsync<JsonElement>(new Uri(members[2].Address, $"/api/events?entity={id}"), Cancellation);
            Assert.Equal(2, history.GetArrayLength()); // once, though every silo looked for it
            Assert.Equal("flux.events.expiry", history[0].GetProperty("stream").GetString());
        }

        Assert.Empty(await PostgreSqlLogDump.DumpAsync(scenario.Cluster.Database, scenario.Recorder, Cancellation));
    }

    private static async Task GrantedAsync(Contender[] contenders, int more)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(WaitLimit);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        for (var before = contenders.Sum(c => c.Holdings.Count); contenders.Sum(c => c.Holdings.Count) < before + more;)
        {
            await pace.WaitForNextTickAsync(limit.Token);
        }
    }

    /// <summary>Reads the job's events and checks that each write of a holder stands where its claim was in force.</summary>
    /// <returns>The token of each such write, by its position.</returns>
    private static async Task<Dictionary<long, long>> CheckLogAsync(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(
            "SELECT x.version, e.payload, x.position FROM entity_event x JOIN event e ON e.position = x.position WHERE x.entity = 'plant/job' ORDER BY x.version");
        await using var row = await command.ExecuteReaderAsync(Cancellation);
        var (held, last, written) = (0L, 0L, new Dictionary<long, long>());
        while (await row.ReadAsync(Cancellation))
        {
            using var payload = JsonDocument.Parse(row.GetFieldValue<byte[]>(1));
            var properties = payload.RootElement.GetProperty("properties");
            if (properties.TryGetProperty("$claim", out var claim))
            {
                held = claim.ValueKind == JsonValueKind.Null ? 0 : claim.GetProperty("token").GetInt64();
                Assert.True(held == 0 || (held == row.GetInt64(0) && held > last), $"the claim of version {row.GetInt64(0)} has token {held} after {last}");
                last = Math.Max(held, last);
            }
            else
            {
                Assert.Equal(held, properties.GetProperty("by").GetInt64());
                written.Add(row.GetInt64(2), held);
            }
        }

        return written;
    }

    private static async Task PublishAsync(HttpClient http, ClusterMember member, string id, int ttl)
    {
        using var content = new StringContent(
            $$$$"""{"stream":"test","source":"due","ttl":{{{{ttl}}}},"payload":{"entity_id":"{{{{id}}}}","properties":{"on":true}}}""", Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri(member.Address, "/api/events"), content, Cancellation);
        Assert.Equal(System.Net.HttpStatusCode.OK, answer.StatusCode);
    }

    private static async Task<DateTimeOffset> ReadDueAsync(HttpClient http, ClusterMember member, string id) =>
        (await http.GetFromJsonAsync<JsonElement>(new Uri(member.Address, $"/api/state/entities/{Uri.EscapeDataString(id)}"), Cancellation))
            .GetProperty("expiresAt").GetDateTimeOffset();
}
