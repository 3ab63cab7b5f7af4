using Flux.Dashboard.Entity;

namespace Flux.Dashboard.Operator;

/// <summary>The readings of the last minute, and what they say together: the silos tell totals, and people look at rates.</summary>
internal sealed class StatusHistory
{
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(1);

    private readonly List<StatusReading> _readings = []; // the oldest first

    /// <summary>Gets the newest reading; null before the first.</summary>
    public StatusReading? Last => _readings.Count > 0 ? _readings[^1] : null;

    /// <summary>Adds a reading, and forgets those that are older than a minute.</summary>
    /// <param name="reading">The reading; one that is not newer than the last is passed over.</param>
    public void Add(StatusReading reading)
    {
        if (Last is { } last && reading.At <= last.At)
        {
            return;
        }

        _readings.Add(reading);
        _readings.RemoveAll(old => reading.At - old.At > Length);
    }

    /// <summary>Forgets all readings.</summary>
    public void Clear() => _readings.Clear();

    /// <summary>Gives the rate of a counter, of all silos together, between each two readings.</summary>
    /// <param name="name">The counter.</param>
    public IReadOnlyList<ChartPoint> Rates(string name) =>
    [
        .. _readings.Zip(_readings.Skip(1), (former, next) =>
        {
            var rate = next.Silos.Sum(silo => Rate(name, former, next, silo) ?? 0);
            return new ChartPoint(next.At, rate, rate, rate);
        }),
    ];

    /// <summary>Gives the rate of a counter on a silo between the two last readings.</summary>
    /// <param name="name">The counter.</param>
    /// <param name="silo">The silo, of the last reading.</param>
    /// <returns>The rate; null when the silo has not answered twice.</returns>
    public double? Rate(string name, SiloReading silo) => _readings.Count > 1 ? Rate(name, _readings[^2], _readings[^1], silo) : null;

    /// <summary>Gives what fell into the buckets of a histogram, on all silos, within the minute.</summary>
    /// <param name="name">The histogram.</param>
    public HistogramReading Histogram(string name)
    {
        var sum = HistogramReading.Empty;
        foreach (var silo in Last?.Silos ?? [])
        {
            var own = _readings.SelectMany(reading => reading.Silos).Where(other => other.HasAnswered && other.Id == silo.Id).ToList();
            if (own.Count > 1 && own[^1].Histograms.TryGetValue(name, out var now))
            {
                sum = sum.Plus(now.Since(own[0].Histograms.GetValueOrDefault(name, HistogramReading.Empty)));
            }
        }

        return sum;
    }

    private static double? Rate(string name, StatusReading former, StatusReading next, SiloReading silo)
    {
        var before = former.Silos.FirstOrDefault(other => other.Id == silo.Id);
        return silo.HasAnswered && before is { HasAnswered: true }
            ? Math.Max(0, silo.Value(name) - before.Value(name)) / (next.At - former.At).TotalSeconds
            : null;
    }
}
