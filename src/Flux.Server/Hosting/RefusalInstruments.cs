using System.Diagnostics.Metrics;

namespace Flux.Server.Hosting;

/// <summary>Counts the answers that are errors, by their code.</summary>
internal sealed class RefusalInstruments(Meter meter)
{
    private readonly Counter<long> _refusals = meter.CreateCounter<long>("flux.http.refusals", "{request}", "Answers that are errors, by code.");

    public void OnRefused(string code) => _refusals.Add(1, new KeyValuePair<string, object?>("code", code));
}
