using System.Diagnostics.Metrics;

namespace Flux.Server.Events;

/// <summary>What can be measured of publishing.</summary>
internal sealed class IngestInstruments(Meter meter, TimeProvider time)
{
    private readonly Histogram<double> _duration = meter.CreateHistogram<double>(
        "flux.ingest.duration", "s", "From a request's bytes to its answer, of single events and of batches.");

    /// <summary>Begins to measure a request, if anybody wants to know.</summary>
    public long Start() => _duration.Enabled ? time.GetTimestamp() : 0;

    /// <summary>Records a request that was answered.</summary>
    public void OnAnswered(long started)
    {
        if (started != 0)
        {
            _duration.Record(time.GetElapsedTime(started).TotalSeconds);
        }
    }
}
