using System.Diagnostics.Metrics;

namespace Flux.Server.Limits;

/// <summary>What can be measured of the limits of namespaces.</summary>
internal sealed class RateInstruments(Meter meter)
{
    private readonly Counter<long> _refused = meter.CreateCounter<long>(
        "flux.limits.refused", "{event}", "Events refused by a limit of their namespace, by limit.");

    private readonly Counter<long> _leases = meter.CreateCounter<long>(
        "flux.limits.rate.leases", "{lease}", "Questions for a slice of a namespace's rate, by outcome. None in a server that is alone.");

    /// <summary>Shows how many namespaces are counted here.</summary>
    public void Observe(Func<int> buckets) => meter.CreateObservableGauge(
        "flux.limits.rate.buckets", buckets, "{namespace}", "Namespaces whose events are counted on this silo.");

    public void OnOverRate() => _refused.Add(1, new KeyValuePair<string, object?>("limit", "rate"));

    public void OnUnknown() => _refused.Add(1, new KeyValuePair<string, object?>("limit", "rate_unknown"));

    public void OnOverQuota() => _refused.Add(1, new KeyValuePair<string, object?>("limit", "entities"));

    public void OnLeased(bool isAnswered) => _leases.Add(1, new KeyValuePair<string, object?>("outcome", isAnswered ? "answered" : "failed"));
}
