using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Flux.Testing.Cluster;
using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.PostgreSql;
using Flux.Testing.Processes;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>The clocks of silos jump and differ (fault model F59).</summary>
[Collection(ClusterTestGroup.Name)]
public sealed class ClockScenarios(SharedPostgreSql postgreSql)
{
    private const int PerSilo = 4; // entities, twice, so that every silo has some of the grains

    private static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(60); // a guard against hanging, and no target
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(40); // long enough to make all of them, on silos that are slow because of their clocks
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(2); // of a lease's end, as the silos know the store's time

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F59_leases_and_times_to_live_end_in_time_whatever_the_clocks_of_the_silos_say()
    {
        FaultSet.NeedsAll();
        Assert.SkipWhen(MovableClock.WhyMissing is not null, MovableClock.WhyMissing ?? string.Empty);
        await using var scenario = await ClusterScenario.CreateAsync("F59", postgreSql);
        var members = scenario.Cluster.Members;
        var clocks = scenario.GiveClocks();
        try
        {
            await scenario.Cluster.StartAsync(Cancellation);
            await scenario.BeginAsync();
            var began = HistoryRecorder.Now();
            using var http = new HttpClient { Timeout = WaitLimit };
            TimeSpan[][] phases =
            [
                [TimeSpan.Zero, TimeSpan.FromHours(1), TimeSpan.Zero],
                [TimeSpan.Zero, TimeSpan.FromHours(-1), TimeSpan.Zero],
                [TimeSpan.Zero, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(-10)],
            ];
            var (lateness, refused) = (new List<TimeSpan>(), 0);
            foreach (var (offsets, phase) in phases.Select((p, i) => (p, i)))
            {
                var seen = await TryAsync(scenario, http, clocks, offsets, $"phase-{phase}");
                lateness.AddRange(seen.Lateness);
                refused += seen.Refused;
            }

            Assert.True(refused > 100, $"only {refused} attempts to take what is held were made");

            scenario.Row.Measure("ended or taken before its time", $"0 of {2 * lateness.Count}, {refused} attempts refused", "0");
            scenario.Row.Measure("ended after its time, at most", lateness.Max(), "soon");
            await scenario.EndLoadAsync(HistoryRecorder.Now());
            scenario.AssertNobodyLeft();
            var own = await OwnEvents.AdmitAsync(
                scenario.Recorder,
                log => PostgreSqlLogDump.DumpAsync(scenario.Cluster.Database, log, Cancellation),
                began,
                entity => entity.StartsWith("plant/phase-", StringComparison.Ordinal));
            AssertEachOnce(own, lateness.Count);
            await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, SettledUnknowns = 0, Faults = phases.Length, Frames = 1_000 });
        }
        finally
        {
            Array.ForEach(clocks, clock => clock.Dispose());
        }
    }

    [Fact]
    public async Task F59_one_process_whose_clock_was_set_back_over_a_restart_goes_on_from_its_last_commit()
    {
        FaultSet.NeedsShort();
        Assert.SkipWhen(MovableClock.WhyMissing is not null, MovableClock.WhyMissing ?? string.Empty);
        using var clock = new MovableClock();
        using var http = new HttpClient { Timeout = WaitLimit };
        await using var scenario = new Scenario { Row = new FaultRow("F59"), Environment = clock.Environment };
        await scenario.StartAsync();
        var began = HistoryRecorder.Now();
        await clock.WaitUntilShownAsync(scenario.Address, TimeProvider.System, Cancellation);
        using var client = scenario.Client("clocks");
        await PublishAsync(client, "plant/short", ttl: 4);
        await PublishAsync(client, "plant/long", ttl: 1000);
        var first = await ReadAsync(http, scenario.Address, "plant/short");
        Assert.Equal(0, await scenario.Server.StopAsync(Cancellation));

        var fault = scenario.Recorder.AnnounceFault("clock set back over a restart", "1 h", scenario.Server.Node);
        clock.Set(TimeSpan.FromHours(-1));
        await scenario.StartAsync();
        scenario.Recorder.ProveFault(fault, await clock.WaitUntilShownAsync(scenario.Address, TimeProvider.System, Cancellation));
        await PublishAsync(client, "plant/new", ttl: null);
        var later = await ReadAsync(http, scenario.Address, "plant/new");
        Assert.True(TimeOf(later, "lastUpdated") >= TimeOf(first, "lastUpdated"), $"{later} was recorded before {first}");

        var history = await HistoryOfDeletedAsync(http, scenario.Address, "plant/short");
        Assert.Equal(2, history.GetArrayLength());
        Assert.True(TimeOf(history[0], "recordedAt") >= TimeOf(first, "expiresAt"), $"{history} ended early");
        await ReadAsync(http, scenario.Address, "plant/long"); // is still there
        var own = await OwnEvents.AdmitAsync(
            scenario.Recorder, log => Task.FromResult(SqliteLogDump.Dump(scenario.DataDirectory, log)), began, entity => entity is "plant/short"); // nothing is written now, so that a copy of its files is whole
        Assert.Equal(new Dictionary<string, int> { ["plant/short"] = 1 }, own);
        await scenario.FinishAsync(new HistoryThresholds { Acked = 4, SettledUnknowns = 0, DuplicateAcks = 0, Conflicts = 0 });
    }

    // A thing ends once. A job is taken, perhaps becomes free in the log before the next one takes it, is taken, and is let go.
    private static void AssertEachOnce(Dictionary<string, int> own, int held)
    {
        Assert.Equal(2 * held, own.Count);
        foreach (var (entity, count) in own)
        {
            var isThing = entity.EndsWith("/thing", StringComparison.Ordinal);
            Assert.True(isThing ? count == 1 : count is 3 or 4, $"the server made {count} events of {entity}");
        }
    }

    // Makes leases and things with a time to live, sets the clocks, makes others, and looks when they end.
    private static async Task<(List<TimeSpan> Lateness, int Refused)> TryAsync(
        ClusterScenario scenario, HttpClient http, MovableClock[] clocks, TimeSpan[] offsets, string phase)
    {
        var members = scenario.Cluster.Members;
        var before = await BeginAsync(scenario, http, $"plant/{phase}-before");
        var fault = scenario.Recorder.AnnounceFault("clocks set", string.Join(", ", offsets));
        foreach (var (clock, offset) in clocks.Zip(offsets))
        {
            clock.Set(offset);
        }

        var shown = await Task.WhenAll(members.Zip(clocks).Select(pair => pair.Second.WaitUntilShownAsync(pair.First.Address, TimeProvider.System, Cancellation)));
        scenario.Recorder.ProveFault(fault, string.Join(", ", shown));
        var lateness = new List<TimeSpan>();
        using var timer = new PeriodicTimer(PollInterval, TimeProvider.System);
        var all = before.Concat(await BeginAsync(scenario, http, $"plant/{phase}-after")).ToList();
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var refused = 0;
        foreach (var held in all)
        {
            refused += await TakeAsync(held) ? 0 : 1;
        }

        foreach (var held in all)
        {
            while (!taken.Contains(held.Id) && !await TakeAsync(held))
            {
                refused++;
                await timer.WaitForNextTickAsync(Cancellation);
            }

            var history = await HistoryOfDeletedAsync(http, members[0].Address, held.Id + "/thing");
            Assert.Equal(2, history.GetArrayLength()); // once
            lateness.Add(TimeOf(history[0], "recordedAt") - held.ThingEnd);
            Assert.True(lateness[^1] >= TimeSpan.Zero, $"{phase}: {held.Id} ended {-lateness[^1]} before its time");
        }

        return (lateness, refused);

        // While it is held nobody else gets it. By the log's time, which the next one's end tells; then it is let go, so that nothing becomes due later.
        async Task<bool> TakeAsync(Held held)
        {
            using var answer = await ClaimAsync(http, held.Other, held.Id, "next");
            if (!answer.IsSuccessStatusCode)
            {
                Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
                return false;
            }

            var claim = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
            var granted = TimeOf(claim, "expires_at") - Lease;
            Assert.True(granted >= held.ClaimEnd, $"{phase}: {held.Id} was taken {held.ClaimEnd - granted} before its holder's end");
            taken.Add(held.Id);
            using var released = await http.PostAsJsonAsync(
                new Uri(held.Other.Address, "api/claims/release"), new { entity_id = held.Id + "/job", token = claim.GetProperty("token").GetInt64() }, Cancellation);
            Assert.True(released.IsSuccessStatusCode, await released.Content.ReadAsStringAsync(Cancellation));
            return true;
        }
    }

    private static async Task<List<Held>> BeginAsync(ClusterScenario scenario, HttpClient http, string prefix)
    {
        var (members, all) = (scenario.Cluster.Members, new List<Held>());
        for (var i = 0; i < PerSilo * members.Count; i++)
        {
            var (id, member, other) = ($"{prefix}-{i}", members[i % members.Count], members[(i + 1) % members.Count]);
            using var client = scenario.Client($"clocks-{id}", member);
            await PublishAsync(client, id + "/thing", ttl: (int)Lease.TotalSeconds);
            var state = await ReadAsync(http, other.Address, id + "/thing");
            var (set, end) = (TimeOf(state, "lastUpdated"), TimeOf(state, "expiresAt"));
            Assert.True((end - set - Lease).Duration() <= Slack, $"{id} was set at {set:O} for {Lease}, and ends at {end:O}");
            using var answer = await ClaimAsync(http, member, id, "holder");
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
            all.Add(new Held(id, other, end, TimeOf(await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation), "expires_at")));
        }

        return all;
    }

    private static Task<HttpResponseMessage> ClaimAsync(HttpClient http, ClusterMember member, string id, string owner) => http.PostAsJsonAsync(
        new Uri(member.Address, "api/claims"), new { entity_id = id + "/job", owner, ttl = (int)Lease.TotalSeconds }, Cancellation);

    private static async Task PublishAsync(FluxClient client, string id, int? ttl)
    {
        var answer = await client.PublishAsync(
            OutgoingEvent.Create($"set-{id}", "scenario", $$$"""{"entity_id":"{{{id}}}","properties":{"v":1}}""", stream: "clocks", ttl: ttl), Cancellation);
        Assert.True(answer.Status == 200, $"{answer.Status} {answer.Code}");
    }

    private static Task<JsonElement> ReadAsync(HttpClient http, Uri address, string id) =>
        http.GetFromJsonAsync<JsonElement>(new Uri(address, $"api/state/entities/{id}"), Cancellation);

    // Waits until it is deleted; the newest event first.
    private static async Task<JsonElement> HistoryOfDeletedAsync(HttpClient http, Uri address, string id)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(WaitLimit);
        using var timer = new PeriodicTimer(PollInterval, TimeProvider.System);
        while (true)
        {
            using var answer = await http.GetAsync(new Uri(address, $"api/state/entities/{id}"), limit.Token);
            if (answer.StatusCode == HttpStatusCode.NotFound)
            {
                return await http.GetFromJsonAsync<JsonElement>(new Uri(address, $"api/events?entity={id}&order=desc&limit=10"), limit.Token);
            }

            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    private static DateTimeOffset TimeOf(JsonElement json, string name) =>
        DateTimeOffset.Parse(json.GetProperty(name).GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private sealed record Held(string Id, ClusterMember Other, DateTimeOffset ThingEnd, DateTimeOffset ClaimEnd);
}
