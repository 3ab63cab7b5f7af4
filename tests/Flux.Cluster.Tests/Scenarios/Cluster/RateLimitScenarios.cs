using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Flux.Testing.Cluster;
using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.PostgreSql;
using Flux.Testing.Processes;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>A namespace's rate is one for the whole cluster, whichever silos its events go through.</summary>
[Collection(ClusterTestGroup.Name)]
public sealed class RateLimitScenarios(SharedPostgreSql shared)
{
    private const int EventsPerMinute = 1_200; // 20 a second, slices of 60
    private const string AdminToken = "the-operator-of-the-tests";

    // What a refusal says.
    private static readonly string[] Told = ["RateLimit", "RateLimit-Policy", "Retry-After"];

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LossAfter = TimeSpan.FromSeconds(6);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Three_silos_together_let_through_what_one_bucket_gives()
    {
        FaultSet.NeedsShort();
        await using var scenario = await ClusterScenario.StartAsync("rate", shared, Options());
        using var http = new HttpClient();
        var (ns, token) = await RegisterAsync(http, scenario.Cluster.Addresses[0], "acme");

        var answers = await SendFromAllAsync(http, scenario.Cluster, ns, token, Length);

        // What each silo has leased and not spent in the end, and the time that the load itself took to begin and to end.
        var most = EventsPerMinute * (1 + (answers.Elapsed.TotalMinutes));
        Scenario.Print($"{answers.Stored} of at most {most:F0} events in {answers.Elapsed.TotalSeconds:F1} s, {answers.Refused} refused");
        Assert.True(answers.Stored <= most, $"{answers.Stored} events were stored, {most:F0} at most");
        Assert.True(answers.Stored >= 0.8 * most, $"{answers.Stored} events were stored of {most:F0} that were allowed");
        Assert.True(answers.Refused > 0, "nothing was refused");
        Assert.Equal(0, answers.Other);
    }

    [Fact]
    public async Task The_loss_of_a_silo_does_not_fill_the_bucket_again()
    {
        FaultSet.NeedsShort();
        await using var scenario = await ClusterScenario.StartAsync("rate", shared, Options());
        using var http = new HttpClient();
        var (ns, token) = await RegisterAsync(http, scenario.Cluster.Addresses[0], "acme");
        var sending = SendFromAllAsync(http, scenario.Cluster, ns, token, Length);
        await ClusterScenario.LastAsync(LossAfter); // the bucket is empty long before; which silo has it is not known

        await scenario.Cluster.Members[2].KillAsync(scenario.Recorder, Cancellation);
        var answers = await sending;

        // The next owner of the bucket knows from the silos that lease what can be left: a slice or two of each.
        var most = (EventsPerMinute * (1 + answers.Elapsed.TotalMinutes)) + (3 * EventsPerMinute / 20);
        Scenario.Print($"{answers.Stored} of at most {most:F0} events in {answers.Elapsed.TotalSeconds:F1} s, {answers.Refused} refused, {answers.Other} not answered");
        Assert.True(answers.Stored <= most, $"{answers.Stored} events were stored, {most:F0} at most");
    }

    [Fact]
    public async Task F54_a_namespace_at_ten_times_its_rate_is_told_so_and_another_does_not_notice()
    {
        FaultSet.NeedsShort();
        await using var scenario = await ClusterScenario.StartAsync("F54", shared, Options());
        using var http = new HttpClient();
        var silos = scenario.Cluster.Addresses;
        var (noisy, noisyToken) = await RegisterAsync(http, silos[0], "noisy");
        var (_, quietToken) = await RegisterAsync(http, silos[1], "quiet");
        while ((await SendFromAllAsync(http, scenario.Cluster, noisy, noisyToken, TimeSpan.FromSeconds(2))).Refused == 0)
        {
            // Its bucket is full at first.
        }

        using var stop = new CancellationTokenSource();
        var quiet = Task.WhenAll(scenario.Cluster.Members.Select(member => WriteQuietlyAsync(scenario, member, new LoadToken("quiet", quietToken), stop.Token)));
        await ClusterScenario.LastAsync(TimeSpan.FromSeconds(3)); // warm
        var before = HistoryRecorder.Now();
        await ClusterScenario.LastAsync(FaultSet.Seconds(shortSet: 6, full: 30));

        var loud = HistoryRecorder.Now();
        var answers = await SendFromAllAsync(http, scenario.Cluster, noisy, noisyToken, FaultSet.Seconds(shortSet: 8, full: 60), TimeSpan.FromMilliseconds(60));
        var until = HistoryRecorder.Now();
        await stop.CancelAsync();
        await quiet;

        var timeline = scenario.Timeline();
        var (p99Before, p99) = (timeline.Percentile(99, before, loud), timeline.Percentile(99, loud, until));
        scenario.Row.Measure("requests of the noisy one", $"{answers.Stored} stored, {answers.Refused} refused", "refused beyond its rate");
        scenario.Row.Measure(
            "p99 of the other over that before",
            string.Create(CultureInfo.InvariantCulture, $"{p99 / p99Before:F2}, {p99Before.TotalMilliseconds:F1} ms before"),
            "≤ 1.20");
        Assert.Equal("none", timeline.Failures(0, long.MaxValue));
        Assert.Equal(0, answers.Other);
        Assert.True(answers.Refused > answers.Stored, $"{answers.Refused} were refused and {answers.Stored} stored");
    }

    [Fact]
    public async Task F59_clocks_that_jump_neither_fill_the_bucket_nor_stop_what_flows_in()
    {
        FaultSet.NeedsAll();
        Assert.SkipWhen(MovableClock.WhyMissing is not null, MovableClock.WhyMissing ?? string.Empty);
        await using var scenario = await ClusterScenario.CreateAsync("F59", shared, Options());
        using var http = new HttpClient();
        var members = scenario.Cluster.Members;
        var clocks = scenario.GiveClocks();
        try
        {
            await scenario.Cluster.StartAsync(Cancellation);
            var (ns, token) = await RegisterAsync(http, scenario.Cluster.Addresses[0], "acme");
            while ((await SendFromAllAsync(http, scenario.Cluster, ns, token, TimeSpan.FromSeconds(2))).Refused == 0)
            {
                // Its bucket is full at first.
            }

            foreach (var offset in (TimeSpan[])[TimeSpan.FromHours(1), TimeSpan.FromHours(-1)])
            {
                var emptied = TimeProvider.System.GetTimestamp();
                Array.ForEach(clocks, clock => clock.Set(offset)); // of all silos: which one has the bucket is not known
                var shown = await Task.WhenAll(members.Zip(clocks).Select(pair => pair.Second.WaitUntilShownAsync(pair.First.Address, TimeProvider.System, Cancellation)));
                Scenario.Print(string.Join(", ", shown));

                var answers = await SendFromAllAsync(http, scenario.Cluster, ns, token, TimeSpan.FromSeconds(6), TimeSpan.FromMilliseconds(60));

                // What each silo has leased and not spent comes on top: a slice or so. A bucket that had filled up would give all of its minute.
                var most = (EventsPerMinute * TimeProvider.System.GetElapsedTime(emptied).TotalMinutes) + (3 * EventsPerMinute / 20);
                var least = EventsPerMinute * answers.Elapsed.TotalMinutes / 2;
                scenario.Row.Measure(
                    $"events let through with the clocks set {offset}", answers.Stored.ToString(CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"{least:F0} to {most:F0}"));
                Assert.InRange(answers.Stored, least, most);
                Assert.True(answers.Refused > 0, "nothing was refused");
            }

            ServerLog.AssertNothingUnhandled(scenario.Cluster.Output);
        }
        finally
        {
            Array.ForEach(clocks, clock => clock.Dispose());
        }
    }

    private static async Task WriteQuietlyAsync(ClusterScenario scenario, ClusterMember member, LoadToken token, CancellationToken stop)
    {
        using var client = new FluxClient($"quiet-{member.Name}", member.Address, scenario.Recorder, TimeProvider.System) { Token = token };
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var answer = await client.TryPublishAsync(Probes.Event($"{member.Name}-{i}", $"quiet/{member.Name}-{i % 10}"), Cancellation);
            Assert.True(answer.Status == 200, $"{answer.Status} {answer.Code}");
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Cancellation); // 15 a second, of 20 that it may
        }
    }

    private static string Body(string entity) =>
        $$$"""{"stream":"tests","timestamp":1772028627158,"payload":{"entity_id":"{{{entity}}}","properties":{"n":1}},"source":"rate"}""";

    private static FluxClusterOptions Options() => new()
    {
        Environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["FLUX_AUTH_ENABLED"] = "true",
            ["FLUX_ADMIN_TOKEN"] = AdminToken,
            ["FLUX_RATE_LIMIT_PER_NAMESPACE_PER_MINUTE"] = $"{EventsPerMinute}",
        },
    };

    private static async Task<(string Name, string Token)> RegisterAsync(HttpClient http, Uri silo, string name)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(silo, "/api/namespaces")) { Content = JsonContent.Create(new { name }) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", AdminToken);
        using var answer = await http.SendAsync(request, Cancellation);
        answer.EnsureSuccessStatusCode();
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        return (name, json.GetProperty("token").GetString()!);
    }

    private static Task<Answers> SendFromAllAsync(HttpClient http, FluxCluster cluster, string ns, string token, TimeSpan length) =>
        SendFromAllAsync(http, cluster, ns, token, length, TimeSpan.FromMilliseconds(10));

    private static async Task<Answers> SendFromAllAsync(HttpClient http, FluxCluster cluster, string ns, string token, TimeSpan length, TimeSpan period)
    {
        const int senders = 4;
        var started = TimeProvider.System.GetTimestamp();
        var all = await Task.WhenAll(cluster.Addresses.SelectMany(silo => Enumerable.Range(0, senders).Select(i => SendAsync(silo, i))));
        return new Answers(
            all.Sum(one => one.Stored), all.Sum(one => one.Refused), all.Sum(one => one.Other), TimeProvider.System.GetElapsedTime(started));

        async Task<(int Stored, int Refused, int Other)> SendAsync(Uri silo, int sender)
        {
            var (stored, refused, other) = (0, 0, 0);
            var entity = $"{ns}/{silo.Port}-{sender}";
            var body = Body(entity);
            using var pace = new PeriodicTimer(period, TimeProvider.System);
            while (TimeProvider.System.GetElapsedTime(started) < length && await pace.WaitForNextTickAsync(Cancellation))
            {
                try
                {
                    using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(silo, "/api/events")) { Content = new StringContent(body) };
                    request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
                    using var answer = await http.SendAsync(request, Cancellation);
                    switch (answer.StatusCode)
                    {
                        case HttpStatusCode.OK:
                            stored++;
                            break;
                        case HttpStatusCode.TooManyRequests:
                            Assert.Equal(Told, Told.Where(answer.Headers.Contains));
                            refused++;
                            break;
                        default:
                            other++;
                            break;
                    }
                }
                catch (HttpRequestException)
                {
                    other++; // the silo was killed
                }
            }

            return (stored, refused, other);
        }
    }

    private sealed record Answers(int Stored, int Refused, int Other, TimeSpan Elapsed);
}
