using System.Diagnostics.Metrics;
using Flux.Core.Log;

namespace Flux.EventLog;

/// <summary>What can be measured of the log writer.</summary>
public sealed class LogInstruments
{
    private readonly Counter<long> _events;
    private readonly Histogram<double> _duration;
    private readonly Histogram<int> _size;
    private Func<long> _waiting = static () => 0;
    private long _position;

    /// <summary>Initializes a new instance of the <see cref="LogInstruments"/> class.</summary>
    /// <param name="meter">The meter of this process.</param>
    public LogInstruments(Meter meter)
    {
        _events = meter.CreateCounter<long>("flux.ingest.events", "{event}", "Events by what became of them.");
        _duration = meter.CreateHistogram<double>("flux.log.commit.duration", "s", "How long a commit took.");
        _size = meter.CreateHistogram<int>("flux.log.commit.events", "{event}", "How many events shared a commit.");
        meter.CreateObservableGauge("flux.log.waiting", () => _waiting(), "{event}", "Events that wait for the log.");
        meter.CreateObservableGauge(
            "flux.log.position", () => Volatile.Read(ref _position), "{event}", "The position of this silo's last commit.");
    }

    internal void ObserveWaiting(Func<long> waiting) => _waiting = waiting;

    internal void OnCommitted(TimeSpan elapsed, AppendResult[] results)
    {
        _duration.Record(elapsed.TotalSeconds);
        if (!_events.Enabled)
        {
            return;
        }

        _size.Record(results.Length);
        foreach (var outcome in results.CountBy(OutcomeOf))
        {
            _events.Add(outcome.Value, new KeyValuePair<string, object?>("outcome", outcome.Key));
        }

        if (results.OfType<AppendResult.Appended>().LastOrDefault() is { } last)
        {
            Volatile.Write(ref _position, last.Event.Position.Value);
        }
    }

    internal void OnFailed(Exception failure, int count) => _events.Add(
        count, new KeyValuePair<string, object?>("outcome", failure is EventLogUnavailableException ? "unavailable" : "unknown"));

    private static string OutcomeOf(AppendResult result) => result switch
    {
        AppendResult.Appended => "appended",
        AppendResult.Duplicate => "duplicate",
        AppendResult.EventIdConflict or AppendResult.VersionConflict => "conflict",
        _ => "refused",
    };
}
