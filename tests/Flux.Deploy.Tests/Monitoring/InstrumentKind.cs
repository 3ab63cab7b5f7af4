namespace Flux.Deploy.Tests.Monitoring;

internal enum InstrumentKind
{
    Counter,
    Gauge,
    Histogram,
}
