using System.Text;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Expressions;
using Flux.Core.Log;

namespace Flux.Benchmarks.Suite;

/// <summary>What it costs to judge one change by a thousand predicates, each with a text of its own. No server takes part.</summary>
internal sealed class Predicates : IBenchmark
{
    private const int Count = 1_000;

    private static readonly (string Subject, string[] Texts)[] Cases =
    [
        ("state", ["properties.temp > {0}.0 && previous.temp <= {0}.0"]),
        ("change", ["changed.exists(p, p == \"p{0}\")"]),
        ("entity", ["entity.startsWith(\"plant/{0}/\")"]),
        ("mixed",
        [
            "properties.temp > {0}.0 && previous.temp <= {0}.0", "properties.mode == \"m{0}\" && properties.temp > {0}",
            "changed.exists(p, p == \"p{0}\")", "entity.startsWith(\"plant/{0}/\") || properties.place.floor == {0}", "has(properties.p{0}) && properties.p{0} > 1.0",
        ]),
    ];

    private static readonly byte[] Before = """{"mode":"m7","place":{"floor":3,"room":"r1"},"pressure":1.5,"temp":20.5,"tags":["a","b"]}"""u8.ToArray();

    public string Name => "predicates";

    public Task RunAsync(BenchmarkRun run, CancellationToken cancellationToken)
    {
        foreach (var (subject, texts) in Cases)
        {
            var predicates = Enumerable.Range(0, Count)
                .Select(i => texts[i % texts.Length].Replace("{0}", i.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal))
                .Select(Predicate.Compile)
                .ToArray();
            var recorded = Recorded();
            var before = EntityState.ReadProperties(Before);
            var after = before.Set(recorded.Data.Payload.Change.Properties);
            Judge(predicates, recorded, before, after, run.Options.WarmUp / 4, cancellationToken);
            for (var round = 0; round < run.Options.Rounds; round++)
            {
                var (changes, elapsed, bytes) = Judge(predicates, recorded, before, after, run.Options.Round / 4, cancellationToken);
                var judgements = (double)changes * Count;
                run.Report.Add(Name, subject, "time per predicate and change", "µs", elapsed.TotalMicroseconds / judgements, "at most 1");
                run.Report.Add(Name, subject, "memory per predicate and change", "B", bytes / judgements);
            }
        }

        return Task.CompletedTask;
    }

    private static (long Changes, TimeSpan Elapsed, long Bytes) Judge(
        Predicate[] predicates, RecordedEvent recorded, PropertyMap before, PropertyMap after, TimeSpan time, CancellationToken cancellationToken)
    {
        var (changes, held, bytes) = (0L, 0L, GC.GetAllocatedBytesForCurrentThread());
        var started = Stopwatch.GetTimestamp();
        do
        {
            cancellationToken.ThrowIfCancellationRequested();

            // New views: reading the properties' JSON belongs to the cost of a change.
            var change = new ChangeView(recorded, new EntityView("plant/1/boiler", before), new EntityView("plant/1/boiler", after));
            foreach (var predicate in predicates)
            {
                held += predicate.Judge(change) == Verdict.Yes ? 1 : 0;
            }

            changes++;
        }
        while (Stopwatch.GetElapsedTime(started) < time);

        if (held == 0 || held == changes * predicates.Length)
        {
            throw new BenchmarkException("The predicates all say the same: nothing is judged.");
        }

        return (changes, Stopwatch.GetElapsedTime(started), GC.GetAllocatedBytesForCurrentThread() - bytes);
    }

    private static RecordedEvent Recorded() => new()
    {
        Position = new Position(1),
        RecordedAt = new Timestamp(1_772_028_627_158_250),
        Version = 2,
        Data = new EventData
        {
            EventId = "e-1",
            EventIdIsGiven = true,
            Stream = "sensors",
            Source = "probe",
            Timestamp = 1_772_028_627_158,
            TimestampIsGiven = true,
            Payload = new EventPayload(Encoding.UTF8.GetBytes("""{"entity_id":"plant/1/boiler","properties":{"temp":500.5,"p7":2.5,"p9":1}}""")),
        },
        Hash = new byte[32],
    };
}
