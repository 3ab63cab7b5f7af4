namespace Flux.Deploy.Tests.Monitoring;

/// <summary>One metric, and the names that Prometheus gives its series.</summary>
internal sealed record Instrument(string Name, InstrumentKind Kind, string Unit)
{
    /// <summary>Lists the names of the series: as OpenTelemetry's exporter for Prometheus makes them.</summary>
    public IEnumerable<string> Series()
    {
        var unit = Unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            _ => string.Empty, // {event} and its like are annotations, not units.
        };
        var name = Name.Replace('.', '_');
        name = name.EndsWith(unit, StringComparison.Ordinal) ? name : name + unit;
        return Kind switch
        {
            InstrumentKind.Counter => [$"{name}_total"],
            InstrumentKind.Histogram => [$"{name}_bucket", $"{name}_sum", $"{name}_count"],
            _ => [name],
        };
    }
}
