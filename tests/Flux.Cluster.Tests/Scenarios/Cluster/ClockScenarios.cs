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
        var clocks = members.Select(_ => new MovableClock()).ToArray();
        try
        {
            foreach (var (member, clock) in members.Zip(clocks))
            {
                member.Set(clock.Environment);
            }

            await scenario.Cluster.StartAsync(Cancellation);
            await scenario.BeginAsync();
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
            Assert.All(await Task.WhenAll(members.Select(member => member.StopAsync(Cancellation))), code => Assert.Equal(0, code));
            Assert.Empty(await PostgreSqlLogDump.DumpAsync(scenario.Cluster.Database, scenario.Recorder, Cancellation)); // positions, versions and hashes
            ServerLog.AssertNothingUnhandled(scenario.Cluster.Output);
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
        using var directory = new TemporaryDirectory();
        using var clock = new MovableClock();
        using var http = new HttpClient { Timeout = WaitLimit };
        var options = new FluxProcessOptions { DataDirectory = directory.At("data"), Environment = clock.Environment };
        JsonElement first;
        await using (var before = await FluxProcess.StartAsync(options, TimeProvider.System, Cancellation))
        {
            await PublishAsync(http, before.Address, "plant/short", ttl: 4);
            await PublishAsync(http, before.Address, "plant/long", ttl: 1000);
            first = await ReadAsync(http, before.Address, "plant/short");
            Assert.Equal(0, await before.StopAsync(Cancellation));
        }

        clock.Set(TimeSpan.FromHours(-1));
        await using var server = await FluxProcess.StartAsync(options, TimeProvider.System, Cancellation);
        await PublishAsync(http, server.Address, "plant/new", ttl: null);
        var later = await ReadAsync(http, server.Address, "plant/new");
        Assert.True(TimeOf(later, "lastUpdated") >= TimeOf(first, "lastUpdated"), $"{later} was recorded before {first}");

        var history = await HistoryOfDeletedAsync(http, server.Address, "plant/short");
        Assert.Equal(2, history.GetArrayLength());
        Assert.True(TimeOf(history[0], "recordedAt") >= TimeOf(first, "expiresAt"), $"{history} ended early");
        await ReadAsync(http, server.Address, "plant/long"); // is still there
        Assert.Equal(0, await server.StopAsync(Cancellation));
        ServerLog.AssertNothingUnhandled(server.Output);
    }

    // Makes leases and things with a time to live, sets the clocks, makes others, and looks when they end.
    private static async Task<(List<TimeSpan> Lateness, int Refused)> TryAsync(
        ClusterScenario scenario, HttpClient http, MovableClock[] clocks, TimeSpan[] offsets, string phase)
    {
        var members = scenario.Cluster.Members;
        var before = await BeginAsync(http, members, $"plant/{phase}-before");
        var fault = scenario.Recorder.AnnounceFault("clocks set", string.Join(", ", offsets));
        foreach (var (clock, offset) in clocks.Zip(offsets))
        {
            clock.Set(offset);
        }

        await ClusterScenario.LastAsync(TimeSpan.FromSeconds(2)); // within which the processes notice
        scenario.Recorder.ProveFault(fault, string.Join(", ", await Task.WhenAll(members.Select(member => ClockOfAsync(http, member)))));
        var lateness = new List<TimeSpan>();
        using var timer = new PeriodicTimer(PollInterval, TimeProvider.System);
        var all = before.Concat(await BeginAsync(http, members, $"plant/{phase}-after")).ToList();
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

        // While it is held nobody else gets it. By the log's time, which the next one's end tells.
        async Task<bool> TakeAsync(Held held)
        {
            using var answer = await ClaimAsync(http, held.Other, held.Id, "next");
            if (!answer.IsSuccessStatusCode)
            {
                Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
                return false;
            }

            var granted = TimeOf(await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation), "expires_at") - Lease;
            Assert.True(granted >= held.ClaimEnd, $"{phase}: {held.Id} was taken {held.ClaimEnd - granted} before its holder's end");
            taken.Add(held.Id);
            return true;
        }
    }

    private static async Task<List<Held>> BeginAsync(HttpClient http, IReadOnlyList<ClusterMember> members, string prefix)
    {
        var all = new List<Held>();
        for (var i = 0; i < PerSilo * members.Count; i++)
        {
            var (id, member, other) = ($"{prefix}-{i}", members[i % members.Count], members[(i + 1) % members.Count]);
            await PublishAsync(http, member.Address, id + "/thing", ttl: (int)Lease.TotalSeconds);
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

    private static async Task PublishAsync(HttpClient http, Uri address, string id, int? ttl)
    {
        var payload = new { entity_id = id, properties = new { v = 1 } };
        using var answer = await http.PostAsJsonAsync<object>(
            new Uri(address, "api/events"),
            ttl is null ? new { stream = "clocks", source = "scenario", payload } : new { stream = "clocks", source = "scenario", ttl, payload },
            Cancellation);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
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

    // By the time in a new event's id, which is the silo's own.
    private static async Task<string> ClockOfAsync(HttpClient http, ClusterMember member)
    {
        using var answer = await http.PostAsJsonAsync(
            new Uri(member.Address, "api/events"), new { stream = "clocks", source = "scenario", payload = new { } }, Cancellation);
        var id = (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("eventId").GetString()!;
        var shows = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(id.Replace("-", "", StringComparison.Ordinal)[..12], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        return string.Create(CultureInfo.InvariantCulture, $"{member.Name} shows {shows:O}");
    }

    private static DateTimeOffset TimeOf(JsonElement json, string name) =>
        DateTimeOffset.Parse(json.GetProperty(name).GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private sealed record Held(string Id, ClusterMember Other, DateTimeOffset ThingEnd, DateTimeOffset ClaimEnd);
}
