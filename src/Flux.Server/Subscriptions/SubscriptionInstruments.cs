using System.Diagnostics.Metrics;
using Flux.Core.Log;

namespace Flux.Server.Subscriptions;

/// <summary>What can be measured of the sockets.</summary>
internal sealed class SubscriptionInstruments
{
    private readonly TimeProvider _time;
    private readonly Histogram<double> _delay;
    private readonly Counter<long> _bytes;
    private readonly UpDownCounter<int> _connections;
    private readonly UpDownCounter<int> _lagging;
    private readonly UpDownCounter<int> _replays;

    public SubscriptionInstruments(Meter meter, TimeProvider time)
    {
        _time = time;
        _delay = meter.CreateHistogram<double>("flux.push.delay", "s", "From the commit of a change until it was handed to the sockets.");
        _bytes = meter.CreateCounter<long>("flux.push.bytes", "By", "Encoded changes, counted once for all sockets.");
        _connections = meter.CreateUpDownCounter<int>("flux.connections", "{connection}", "Open sockets.");
        _lagging = meter.CreateUpDownCounter<int>("flux.connections.lagging", "{connection}", "Sockets that read the log because they are slow.");
        _replays = meter.CreateUpDownCounter<int>("flux.replays", "{replay}", "Replays of the past that are under way.");
    }

    public void OnConnected() => _connections.Add(1);

    public void OnDisconnected() => _connections.Add(-1);

    public void OnLagging() => _lagging.Add(1);

    public void OnLaggingEnded() => _lagging.Add(-1);

    public void OnReplaying() => _replays.Add(1);

    public void OnReplayEnded() => _replays.Add(-1);

    public void OnShipped(RecordedEvent last, int bytes)
    {
        if (_delay.Enabled)
        {
            _delay.Record(Math.Max(0, (Timestamp.From(_time.GetUtcNow()).Microseconds - last.RecordedAt.Microseconds) / 1e6));
            _bytes.Add(bytes);
        }
    }
}
