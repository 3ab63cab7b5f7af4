using Flux.Grains.Status;
using Flux.Server.Limits;
using Flux.Server.Subscriptions;

namespace Flux.Server.Status;

/// <summary>What this process measures and counts, for whichever silo asks.</summary>
internal sealed class SiloFigureReader(Measurements measurements, RateLimiter rates, ChangeDispatcher dispatcher) : ISiloFigures
{
    /// <inheritdoc/>
    public SiloFigures Read() => measurements.Read();

    /// <inheritdoc/>
    public NamespaceUse ReadUse(string ns)
    {
        var (sockets, subscriptions) = dispatcher.CountSockets(ns);
        return new NamespaceUse(rates.EventsOf(ns), sockets, subscriptions);
    }
}
