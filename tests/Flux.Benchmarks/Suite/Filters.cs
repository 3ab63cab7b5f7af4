using System.Text;

namespace Flux.Benchmarks.Suite;

/// <summary>What a predicate costs the server for each change, what those without one notice, and what a hostile one can do.</summary>
internal sealed class Filters : IBenchmark
{
    private const int Predicates = 1000;
    private const int EventsPerSecond = 200;

    // Those that have a long list as a property in the rounds with a hostile predicate: each is written several times a second.
    private const int ListedEntities = 50;
    private const int ListLength = 10_000;

    private const string CostGoal = "at most 2";
    private const string Bare = "1,000 other scopes";
    private const string Filtered = "1,000 predicates";
    private const string Listed = "1,000 predicates, long lists";
    private const string Hostile = "1,000 predicates, long lists, a hostile one";

    // A million million combinations.
    private const string HostileWhere =
        "properties.list.all(a, properties.list.all(b, properties.list.all(c, a + b + c >= 0)))";

    private static readonly string HostileMessage = SocketPlan.NewerTo($"\"entity\":\"{EventText.Namespace}/*\",\"where\":\"{HostileWhere}\"");

    // Nobody writes to these.
    private static readonly SocketPlan OtherScopes = Plan(number => string.Create(CultureInfo.InvariantCulture, $"\"entity\":\"other{number:D4}/*\""));

    // Half of them look at the state before and after, the others at the change. Both numbers differ for each, and each change suits one predicate of the
    // thousand: its entity is asked for last, so that the comparison of a property before it is never saved.
    private static readonly SocketPlan OwnPredicates = Plan(number => string.Create(
        CultureInfo.InvariantCulture,
        $"\"entity\":\"{EventText.Namespace}/*\",\"where\":\"{(number % 2 == 0 ? "properties.t" : "properties.t - previous.t")} > {number} && entity == '{EventText.Entity(number)}'\""));

    public string Name => "filters";

    public async Task RunAsync(BenchmarkRun run, CancellationToken cancellationToken)
    {
        await using var flux = await run.StartFluxAsync(cancellationToken);
        await WriteAllAsync(run, flux, cancellationToken);
        foreach (var plan in new[] { OtherScopes, OwnPredicates })
        {
            run.Progress($"warm-up of {run.Options.WarmUp.TotalSeconds:0} s");
            using var sockets = await OpenAsync(run, flux, plan, cancellationToken);
            await Load(run, flux, run.Options.WarmUp, Predicates).RunAsync(cancellationToken);
        }

        for (var round = 0; round < run.Options.Rounds; round++)
        {
            await MeasurePairAsync(run, flux, beginsFiltered: round % 2 == 1, cancellationToken);
        }

        await WriteListsAsync(flux.Port, run.Clock, cancellationToken);
        for (var round = 0; round < run.Options.Rounds; round++)
        {
            await MeasureHostileAsync(run, flux, cancellationToken);
        }
    }

    private static SocketPlan Plan(Func<int, string> members) => new()
    {
        Count = Predicates,
        BufferSize = 2048,
        MeasuredEvery = 1,
        Protocol = SubscriptionProtocol.Newer,
        Subscribe = number => SocketPlan.NewerTo(members(number)),
    };

    private static OpenLoop Load(BenchmarkRun run, FluxServer flux, TimeSpan duration, int entities) => new(
        flux.Port,
        new OpenLoopPlan { RequestsPerSecond = EventsPerSecond, Duration = duration, Entities = entities, Connections = 16 },
        run.Clock);

    // So that every entity has a state before the first change that is judged.
    private static async Task WriteAllAsync(BenchmarkRun run, FluxServer flux, CancellationToken cancellationToken)
    {
        var plan = new ClosedLoopPlan { Connections = 1, BatchSize = 100, Entities = Predicates, TotalEvents = Predicates, Shape = EventShape.OneProperty };
        run.CheckFailures("filters", "first events", await new ClosedLoop([flux.Port], plan, run.Clock).RunAsync(cancellationToken));
    }

    private static async Task WriteListsAsync(int port, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var http = await HttpConnection.OpenAsync(port, cancellationToken);
        var list = string.Join(',', Enumerable.Range(0, ListLength));
        for (var number = 0; number < ListedEntities; number++)
        {
            var body = $"{EventText.BeforeId(clock)}{EventText.Entity(number)}\",\"properties\":{{\"list\":[{list}]}}}}}}";
            var request = Encoding.ASCII.GetBytes(EventText.RequestHead(port, "/api/events", body.Length, token: null) + body);
            var status = await http.ExchangeAsync(request, cancellationToken);
            if (status != 200)
            {
                throw new BenchmarkException($"An event with a long list was answered with {status}.");
            }
        }
    }

    private static Task<SocketGroup> OpenAsync(BenchmarkRun run, FluxServer flux, SocketPlan plan, CancellationToken cancellationToken) =>
        SocketGroup.OpenHeardAsync(flux.Port, plan, flux.Port, run.Clock, cancellationToken);

    private async Task MeasurePairAsync(BenchmarkRun run, FluxServer flux, bool beginsFiltered, CancellationToken cancellationToken)
    {
        FiltersRound filtered = default, bare = default;
        foreach (var isFiltered in new[] { beginsFiltered, !beginsFiltered })
        {
            using var sockets = await OpenAsync(run, flux, isFiltered ? OwnPredicates : OtherScopes, cancellationToken);
            var round = await MeasureAsync(run, flux, sockets, isFiltered ? Filtered : Bare, Predicates, isFiltered ? 1 : 0, cancellationToken);
            (filtered, bare) = isFiltered ? (round, bare) : (filtered, round);
        }

        var cost = (filtered.CpuPerChange - bare.CpuPerChange).TotalMicroseconds / Predicates;
        run.Report.Add(Name, "with / without", "server CPU", "µs/predicate and change", cost, CostGoal);
        run.Report.Add(Name, "with / without", "unfiltered, POST to frame p50 ratio", "", filtered.Plain.P50 / bare.Plain.P50);
        run.Report.Add(Name, "with / without", "unfiltered, POST to frame p99 ratio", "", filtered.Plain.P99 / bare.Plain.P99);
        run.Progress(string.Create(
            CultureInfo.InvariantCulture, $"{cost:0.00} µs for each predicate and change; unfiltered p99 {bare.Plain.P99:0.00} ms without, {filtered.Plain.P99:0.00} ms with"));
    }

    private async Task MeasureHostileAsync(BenchmarkRun run, FluxServer flux, CancellationToken cancellationToken)
    {
        using var sockets = await OpenAsync(run, flux, OwnPredicates, cancellationToken);
        var calm = await MeasureAsync(run, flux, sockets, Listed, ListedEntities, framesPerChange: 1, cancellationToken);
        await using var hostile = await HostileSubscriber.OpenAsync(flux.Port, HostileMessage, cancellationToken);
        var beside = await MeasureAsync(run, flux, sockets, Hostile, ListedEntities, framesPerChange: 1, cancellationToken);
        if (hostile.Ended == 0 || hostile.Failure is not null)
        {
            run.Report.Remark($"{Name}: the hostile predicate was ended {hostile.Ended} times. {hostile.Failure}");
        }

        run.Report.Add(Name, Hostile, "ended as too costly", "1/s", hostile.Ended / run.Options.Round.TotalSeconds);
        run.Report.Add(Name, "hostile / not", "server CPU ratio", "", beside.CpuPerChange / calm.CpuPerChange);
        run.Report.Add(Name, "hostile / not", "unfiltered, POST to frame p50 ratio", "", beside.Plain.P50 / calm.Plain.P50);
        run.Report.Add(Name, "hostile / not", "unfiltered, POST to frame p99 ratio", "", beside.Plain.P99 / calm.Plain.P99);
        run.Progress(string.Create(
            CultureInfo.InvariantCulture,
            $"a hostile predicate was ended {hostile.Ended} times; unfiltered p99 {calm.Plain.P99:0.00} ms without it, {beside.Plain.P99:0.00} ms with it"));
    }

    /// <param name="run">The run.</param>
    /// <param name="flux">The server.</param>
    /// <param name="sockets">Those that are there besides one that gets everything.</param>
    /// <param name="subject">What they are called in figures.</param>
    /// <param name="entities">How many are written to.</param>
    /// <param name="framesPerChange">How many of them want each change.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    private async Task<FiltersRound> MeasureAsync(
        BenchmarkRun run, FluxServer flux, SocketGroup sockets, string subject, int entities, int framesPerChange, CancellationToken cancellationToken)
    {
        using var plain = await OpenAsync(
            run, flux, SocketPlan.ToAll(SubscriptionProtocol.Newer, count: 1, bufferSize: 64 * 1024, measuredEvery: 1), cancellationToken);
        await Load(run, flux, TimeSpan.FromSeconds(1), entities).RunAsync(cancellationToken);
        await plain.WaitUntilQuietAsync(run.Clock, cancellationToken);
        await sockets.WaitUntilQuietAsync(run.Clock, cancellationToken);

        var (matchedBefore, plainBefore, cpu) = (sockets.Updates, plain.Updates, flux.Usage.Cpu);
        var from = Stamp.Now();
        sockets.MeasureFrom(from);
        plain.MeasureFrom(from);
        var result = await Load(run, flux, run.Options.Round, entities).RunAsync(cancellationToken);
        await plain.WaitForAsync(plainBefore + result.Load.Events, run.Clock, cancellationToken);
        await sockets.WaitForAsync(matchedBefore + (framesPerChange * result.Load.Events), run.Clock, cancellationToken);
        cpu = flux.Usage.Cpu - cpu;

        run.CheckFailures(Name, subject, result.Load);
        run.CheckLateness(Name, subject, result.Lateness);
        var latency = plain.Latencies().Summarize();
        run.Report.AddLatency(Name, subject, "unfiltered, POST to frame", latency);
        if (framesPerChange > 0)
        {
            run.Report.AddLatency(Name, subject, "matching, POST to frame", sockets.Latencies().Summarize());
        }

        run.Report.Add(
            Name, subject, "frames lost", "",
            ((framesPerChange + 1) * result.Load.Events) - (sockets.Updates - matchedBefore) - (plain.Updates - plainBefore));
        run.Report.Add(Name, subject, "server CPU", "µs/event", cpu.TotalMicroseconds / result.Load.Events);
        foreach (var reason in sockets.Ended.Concat(plain.Ended))
        {
            run.Report.Remark($"{Name}, {subject}: {reason}");
        }

        return new FiltersRound(cpu / result.Load.Events, latency);
    }
}
