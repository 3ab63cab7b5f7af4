using System.Diagnostics.Metrics;
using Flux.Server.Status;
using Microsoft.Extensions.Time.Testing;

namespace Flux.Server.Tests.Status;

public sealed class MeasurementsTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new();
    private readonly Meter _meter = new("tests");
    private readonly Counter<long> _counter;
    private readonly Histogram<double> _histogram;
    private readonly UpDownCounter<int> _open;
    private readonly Measurements _measurements;

    public MeasurementsTests()
    {
        _counter = _meter.CreateCounter<long>("counter");
        _histogram = _meter.CreateHistogram<double>("histogram", "s");
        _open = _meter.CreateUpDownCounter<int>("open");
        _measurements = new Measurements(_meter, _time);
    }

    public void Dispose()
    {
        _measurements.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void What_happens_for_every_event_is_measured_only_while_somebody_looks()
    {
        Assert.False(_counter.Enabled || _histogram.Enabled);

        _measurements.Read();
        Assert.True(_counter.Enabled && _histogram.Enabled);
        _time.Advance(Minute / 2);
        _measurements.Read();
        _time.Advance(Minute / 2);
        Assert.True(_counter.Enabled && _histogram.Enabled);

        _time.Advance(Minute / 2);
        Assert.False(_counter.Enabled || _histogram.Enabled);
    }

    [Fact]
    public void What_is_open_is_counted_from_the_beginning()
    {
        _open.Add(3);
        _open.Add(-1);

        Assert.Equal(2, _measurements.Read().Values["open"]);
    }

    [Fact]
    public void Counters_are_totals_by_kind_and_gauges_are_asked()
    {
        var gauge = 7L;
        _meter.CreateObservableGauge("gauge", () => gauge);
        _measurements.Read();
        _counter.Add(2, new KeyValuePair<string, object?>("outcome", "appended"));
        _counter.Add(3, new KeyValuePair<string, object?>("outcome", "appended"));
        _counter.Add(1, new KeyValuePair<string, object?>("outcome", "refused"));
        gauge = 9;

        var values = _measurements.Read().Values;

        Assert.Equal((5, 1, 9), (values["counter.appended"], values["counter.refused"], values["gauge"]));
    }

    [Fact]
    public void A_histogram_counts_each_measurement_in_the_bucket_whose_bound_it_does_not_exceed()
    {
        _measurements.Read();
        foreach (var seconds in (double[])[0.001, 0.0011, 4, 60, -1])
        {
            _histogram.Record(seconds);
        }

        var histogram = _measurements.Read().Histograms["histogram"];

        Assert.Equal(histogram.Bounds.Length + 1, histogram.Counts.Length);
        Assert.Equal([1, 1, 1, 1, 1], histogram.Counts.Where(count => count > 0));
        Assert.Equal(1, histogram.Counts[Array.IndexOf(histogram.Bounds, 0.001)]);
        Assert.Equal(1, histogram.Counts[Array.IndexOf(histogram.Bounds, 0.0025)]);
        Assert.Equal(1, histogram.Counts[^1]);
        Assert.Equal(63.0021, histogram.Sum, precision: 6);
    }

    [Fact]
    public void Instruments_of_another_server_in_the_same_process_are_not_listened_to()
    {
        using var other = new Meter("tests");
        var foreign = other.CreateCounter<long>("foreign");

        Assert.DoesNotContain("foreign", _measurements.Read().Values.Keys);
        Assert.False(foreign.Enabled);
    }
}
