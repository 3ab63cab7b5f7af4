using System.Diagnostics.Metrics;
using Flux.Grains.Status;
using Flux.Server.Hosting;

namespace Flux.Server.Status;

/// <summary>Listens to this process's own instruments, for those who ask the server itself how it is.</summary>
/// <remarks>
/// Gauges are asked when somebody asks, and what only goes up and down by sockets is always counted. All else is measured on the way of the events: that begins
/// when somebody asks, and ends when nobody has asked for a while, so it costs nothing while nobody looks.
/// </remarks>
internal sealed class Measurements : IDisposable
{
    // Who looks on asks every few seconds.
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly Meter _meter;
    private readonly MeterListener _listener = new();
    private readonly Lock _gate = new();
    private readonly List<MeasuredValue> _values = [];         // guarded by _gate, as all below
    private readonly List<MeasuredHistogram> _histograms = [];
    private readonly List<(Instrument Instrument, object Measured)> _onTheWay = [];
    private readonly ITimer _end;
    private bool _isWatched;

    /// <summary>Initializes a new instance of the <see cref="Measurements"/> class. Sockets are counted from now on.</summary>
    /// <param name="meter">The meter of this process.</param>
    /// <param name="time">The clock.</param>
    public Measurements(Meter meter, TimeProvider time)
    {
        _meter = meter;
        _end = time.CreateTimer(static all => ((Measurements)all!).StopWatching(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _listener.InstrumentPublished = (instrument, _) => Add(instrument);
        _listener.SetMeasurementEventCallback<int>((_, value, tags, measured) => Record(measured, value, tags));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, measured) => Record(measured, value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, measured) => Record(measured, value, tags));
        _listener.Start();
    }

    /// <summary>Reads everything that is measured, and has it measured for a while.</summary>
    public SiloFigures Read()
    {
        Watch();
        _listener.RecordObservableInstruments();
        lock (_gate)
        {
            return new SiloFigures(
                _values.SelectMany(value => value.Read()).ToDictionary(StringComparer.Ordinal),
                _histograms.ToDictionary(histogram => histogram.Name, histogram => histogram.Read(), StringComparer.Ordinal));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _end.Dispose();
        _listener.Dispose();
    }

    private static void Record(object? measured, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (measured is MeasuredHistogram histogram)
        {
            histogram.Record(value);
        }
        else
        {
            ((MeasuredValue)measured!).Record(value, tags);
        }
    }

    private void Add(Instrument instrument)
    {
        if (!ReferenceEquals(instrument.Meter, _meter)) // tests have several in one process
        {
            return;
        }

        lock (_gate)
        {
            object measured;
            if (instrument is Histogram<double> or Histogram<int> && TelemetrySetup.BoundsOf(instrument) is { } bounds)
            {
                var histogram = new MeasuredHistogram(instrument.Name, bounds);
                _histograms.Add(histogram);
                measured = histogram;
            }
            else
            {
                var value = new MeasuredValue(instrument.Name, isTotal: !instrument.IsObservable);
                _values.Add(value);
                measured = value;
            }

            if (!instrument.IsObservable && instrument is not UpDownCounter<int>)
            {
                _onTheWay.Add((instrument, measured));
                if (!_isWatched)
                {
                    return;
                }
            }

            _listener.EnableMeasurementEvents(instrument, measured);
        }
    }

    private void Watch()
    {
        lock (_gate)
        {
            _end.Change(LongestPause, Timeout.InfiniteTimeSpan);
            if (_isWatched)
            {
                return;
            }

            _isWatched = true;
            foreach (var (instrument, measured) in _onTheWay)
            {
                _listener.EnableMeasurementEvents(instrument, measured);
            }
        }
    }

    private void StopWatching()
    {
        lock (_gate)
        {
            _isWatched = false;
            foreach (var (instrument, _) in _onTheWay)
            {
                _listener.DisableMeasurementEvents(instrument);
            }
        }
    }
}
