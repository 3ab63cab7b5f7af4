using System.Diagnostics.Metrics;

namespace Flux.Deploy.Tests.Monitoring;

/// <summary>The series that a dashboard can ask for.</summary>
internal static class KnownMetrics
{
    /// <summary>The meter Flux. docs/operations.md says what each means.</summary>
    public static readonly IReadOnlyList<Instrument> OfFlux =
    [
        new("flux.ingest.events", InstrumentKind.Counter, "{event}"),
        new("flux.ingest.duration", InstrumentKind.Histogram, "s"),
        new("flux.log.commit.duration", InstrumentKind.Histogram, "s"),
        new("flux.log.commit.events", InstrumentKind.Histogram, "{event}"),
        new("flux.log.waiting", InstrumentKind.Gauge, "{event}"),
        new("flux.log.position", InstrumentKind.Gauge, "{event}"),
        new("flux.projection.position", InstrumentKind.Gauge, "{event}"),
        new("flux.projection.lag", InstrumentKind.Gauge, "s"),
        new("flux.projection.flush.duration", InstrumentKind.Histogram, "s"),
        new("flux.push.delay", InstrumentKind.Histogram, "s"),
        new("flux.push.bytes", InstrumentKind.Counter, "By"),
        new("flux.stream.lag", InstrumentKind.Gauge, "{event}"),
        new("flux.stream.repairs", InstrumentKind.Counter, "{repair}"),
        new("flux.entities.active", InstrumentKind.Gauge, "{entity}"),
        new("flux.connections", InstrumentKind.Gauge, "{connection}"),
        new("flux.connections.lagging", InstrumentKind.Gauge, "{connection}"),
        new("flux.http.refusals", InstrumentKind.Counter, "{request}"),
    ];

    /// <summary>What became of an event: the tag outcome of flux.ingest.events.</summary>
    public static readonly IReadOnlySet<string> Outcomes =
        new HashSet<string>(StringComparer.Ordinal) { "appended", "duplicate", "conflict", "refused", "unavailable", "unknown" };

    /// <summary>Gets the series of Flux, those of .NET itself, and what Prometheus says of the scrape.</summary>
    public static IReadOnlySet<string> Series { get; } =
        OfFlux.Concat(OfRuntime()).SelectMany(instrument => instrument.Series()).Append("up").ToHashSet(StringComparer.Ordinal);

    // The meter of the runtime that runs this test is the one that runs the server.
    private static List<Instrument> OfRuntime()
    {
        var found = new List<Instrument>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == "System.Runtime")
                {
                    found.Add(new(instrument.Name, KindOf(instrument), instrument.Unit ?? string.Empty));
                }
            },
        };
        listener.Start();
        return found;
    }

    private static InstrumentKind KindOf(System.Diagnostics.Metrics.Instrument instrument) => instrument.GetType().Name switch
    {
        "Counter`1" or "ObservableCounter`1" => InstrumentKind.Counter,
        "Histogram`1" => InstrumentKind.Histogram,
        _ => InstrumentKind.Gauge,
    };
}
