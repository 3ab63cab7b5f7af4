using Flux.Testing.Cluster;
using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.PostgreSql;
using Flux.Testing.Processes;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>Silos die at exact points of an append, and an entity has two activations (fault model F02, F03, F04, F43).</summary>
[Collection(ClusterTestGroup.Name)]
public sealed class FailpointScenarios(SharedPostgreSql postgreSql)
{
    // The names that the server gives them, in debug builds.
    private const string BeforeCommit = "failpoint.before.commit";
    private const string AfterCommit = "failpoint.after.commit";
    private const string AfterAcknowledgement = "failpoint.after.acknowledgement";
    private const string SecondActivation = "failpoint.second.activation";

    private static readonly FluxClusterOptions Options = new()
    {
        Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["FLUX_FAILPOINTS"] = FaultDriver.IsIdle ? "off" : "on" },
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F02_an_event_whose_silo_dies_after_its_commit_is_a_repetition_when_it_is_sent_again()
    {
        FaultSet.NeedsShort();
        await using var scenario = await ClusterScenario.StartAsync("F02", postgreSql, Options);
        await scenario.BeginAsync();
        var tries = FaultSet.Rounds(least: 0, shortSet: 3, full: 200);

        var again = await DieAndRepeatAsync(scenario, AfterCommit, tries);

        Assert.All(again, answer => Assert.True(answer is { Status: 200, Events: [{ Duplicate: true }] }, $"{answer.Status} {answer.Code}"));
        await FinishAsync(scenario, tries);
    }

    [Fact]
    public async Task F03_an_event_whose_silo_dies_before_its_commit_is_new_when_it_is_sent_again()
    {
        FaultSet.NeedsAll();
        await using var scenario = await ClusterScenario.StartAsync("F03", postgreSql, Options);
        await scenario.BeginAsync();
        var tries = FaultSet.Rounds(least: 0, shortSet: 3, full: 200);

        var again = await DieAndRepeatAsync(scenario, BeforeCommit, tries);

        Assert.All(again, answer => Assert.True(answer is { Status: 200, Events: [{ Duplicate: false }] }, $"{answer.Status} {answer.Code}"));
        await FinishAsync(scenario, tries);
    }

    [Fact]
    public async Task F04_a_change_whose_silo_dies_before_it_was_pushed_reaches_the_sockets_elsewhere()
    {
        FaultSet.NeedsShort();
        await using var scenario = await ClusterScenario.StartAsync("F04", postgreSql, Options);
        await scenario.BeginAsync();
        var tries = FaultSet.Rounds(least: 0, shortSet: 3, full: 50);
        for (var i = 0; i < tries; i++)
        {
            using var client = scenario.Client($"before-push-{i}");
            var (deaths, fault) = (DeathsOf(scenario), Announce(scenario, AfterAcknowledgement));

            var answer = await client.TryPublishAsync(Event(i, AfterAcknowledgement), Cancellation);

            Assert.True(answer.Status == 200, $"{answer.Status} {answer.Code}");
            await AwaitDeathAsync(scenario, deaths, fault);
        }

        await FinishAsync(scenario, tries); // every subscriber has every change, or this fails
    }

    [Fact]
    public async Task F43_of_two_activations_of_one_entity_one_wins_each_version_and_both_answer()
    {
        FaultSet.NeedsAll();
        await using var scenario = await ClusterScenario.StartAsync("F43", postgreSql, Options);
        await scenario.BeginAsync();
        var fault = Announce(scenario, SecondActivation);
        var entity = await FindApartAsync(scenario);
        var began = HistoryRecorder.Now();
        using var stop = new CancellationTokenSource(FaultSet.Seconds(shortSet: 5, full: 10), TimeProvider.System);

        var answers = await Task.WhenAll(WriteAsync("load.test"), WriteAsync(SecondActivation));

        // Whoever writes after the other had another version in mind: it was refused, and has loaded the entity anew. At two turns each of them has.
        var writers = await LogWriters.OfAsync(scenario.Cluster.Database, entity);
        var turns = writers.Zip(writers.Skip(1)).Count(pair => pair.First != pair.Second);
        Assert.True(turns >= 2, $"the two activations of {entity} took turns {turns} times: {string.Join(", ", writers.CountBy(w => w))}");
        scenario.Recorder.ProveFault(fault, $"{string.Join(" and ", writers.Distinct())} wrote {writers.Length} versions of {entity} and took turns {turns} times");
        scenario.Row.Measure("turns of two silos in writing one entity", $"{turns} over {writers.Length} versions", "more than 10");
        scenario.Row.Measure("answers of both activations", $"{answers.Sum(a => a.Count)}", "5xx 0");
        Assert.All(answers.SelectMany(a => a), answer => Assert.True(answer.Status == 200, $"{answer.Status} {answer.Code}"));
        using (var client = scenario.Client("heals"))
        {
            await client.PublishAsync(ApartEvent("healed", entity, "load.test"), Cancellation);
        }

        scenario.Row.Measure("rate back after", await scenario.EndLoadAsync(began), "none");
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, SettledUnknowns = 0, Frames = 1_000 });

        async Task<List<RequestRecord>> WriteAsync(string stream)
        {
            using var client = scenario.Client($"hot-{stream}");
            var seen = new List<RequestRecord>();
            while (!stop.IsCancellationRequested)
            {
                seen.Add(await client.TryPublishAsync(
                    OutgoingEvent.Create($"{stream}-{seen.Count}", "hot", $$$"""{"entity_id":"{{{entity}}}","properties":{"v":{{{seen.Count}}}}}""", stream: stream),
                    Cancellation));
            }

            return seen;
        }
    }

    // An entity whose two activations are on different silos: where each of them goes is for Orleans to choose. The second one never ends here, as it would
    // within seconds; who reads the first one reads what that knows, so it writes last and hears of all.
    private static async Task<string> FindApartAsync(ClusterScenario scenario)
    {
        using var client = scenario.Client("apart");
        for (var i = 0; i < 30; i++)
        {
            var entity = $"plant/hot-{i}";
            foreach (var (turn, stream) in ((string[])["load.test", SecondActivation, "load.test"]).Index())
            {
                await client.PublishAsync(ApartEvent($"apart-{i}-{turn}", entity, stream), Cancellation);
            }

            if ((await LogWriters.OfAsync(scenario.Cluster.Database, entity)).Distinct().Count() == 2)
            {
                return entity;
            }
        }

        throw new InvalidOperationException("of 30 entities none had its second activation on another silo");
    }

    private static OutgoingEvent ApartEvent(string id, string entity, string stream) =>
        OutgoingEvent.Create(id, "apart", $$$"""{"entity_id":"{{{entity}}}","properties":{"v":0}}""", stream: stream);

    // Sends events that kill the silo which commits them, and each of them again.
    private static async Task<List<RequestRecord>> DieAndRepeatAsync(ClusterScenario scenario, string point, int tries)
    {
        var again = new List<RequestRecord>();
        for (var i = 0; i < tries; i++)
        {
            using var client = scenario.Client($"dies-{i}");
            var (deaths, fault) = (DeathsOf(scenario), Announce(scenario, point));

            var first = await client.TryPublishAsync(Event(i, point), Cancellation);

            Assert.True(first.Status != 200, "the silo did not die");
            await AwaitDeathAsync(scenario, deaths, fault);

            // The same event, but harmless: the point is set off by the commit, and before it by the attempt.
            again.Add(await client.PublishAsync(point == BeforeCommit ? Event(i, "load.test") : Event(i, point), Cancellation));
        }

        return again;
    }

    private static OutgoingEvent Event(int number, string stream) => OutgoingEvent.Create(
        $"point-{number}", "failpoint", $$$"""{"entity_id":"plant/point-{{{number % 7}}}","properties":{"v":{{{number}}}}}""", stream: stream);

    private static IReadOnlyList<int> DeathsOf(ClusterScenario scenario) => [.. scenario.Cluster.Members.Select(member => member.UnexpectedExits.Count)];

    private static FaultRecord Announce(ClusterScenario scenario, string point) => scenario.Recorder.AnnounceFault("failpoint", point);

    private static async Task AwaitDeathAsync(ClusterScenario scenario, IReadOnlyList<int> deaths, FaultRecord fault)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        while (scenario.Cluster.Evictions == deaths.Sum())
        {
            await pace.WaitForNextTickAsync(limit.Token);
        }

        var exits = scenario.Cluster.Members.SelectMany(member => member.UnexpectedExits).ToList();
        Assert.All(exits, code => Assert.Equal(137, code)); // SIGKILL
        var dead = scenario.Cluster.Members.Where((member, i) => member.UnexpectedExits.Count > deaths[i]).ToList();
        scenario.Recorder.ProveFault(fault, $"{string.Join(", ", dead.Select(member => member.Name))} ended with exit code 137", Assert.Single(dead).Node);
        await Task.WhenAll(scenario.Cluster.Members.Select(async member => await member.WaitUntilReadyAsync(Cancellation)));
    }

    private static async Task FinishAsync(ClusterScenario scenario, int tries)
    {
        scenario.Row.Measure("silos that died at the point", $"{scenario.Cluster.Evictions}", $"= {tries}");
        scenario.Row.Measure("rate back after", await scenario.EndLoadAsync(HistoryRecorder.Now()), "none");
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, SettledUnknowns = 0, Faults = tries, Frames = 1_000 });
    }
}
