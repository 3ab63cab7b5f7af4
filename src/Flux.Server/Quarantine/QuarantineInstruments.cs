using System.Diagnostics.Metrics;

namespace Flux.Server.Quarantine;

/// <summary>What can be measured of damaged events.</summary>
internal sealed class QuarantineInstruments
{
    private int _known;

    public QuarantineInstruments(Meter meter) => meter.CreateObservableGauge(
        "flux.entities.quarantined", () => Volatile.Read(ref _known), "{entity}", "Quarantined entities that this silo knows of: an operator must act.");

    /// <summary>Sets how many are known.</summary>
    public void OnKnown(int count) => Volatile.Write(ref _known, count);
}
