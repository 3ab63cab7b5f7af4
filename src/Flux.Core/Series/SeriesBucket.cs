using Flux.Core.Log;

namespace Flux.Core.Series;

/// <summary>What the points of a stretch of time have in common.</summary>
/// <param name="start">When the stretch begins.</param>
public sealed class SeriesBucket(Timestamp start)
{
    // The sum of numbers that are each in range may not be; scaled down, it always is. A power of two loses nothing of them.
    private const double Scale = 1d / (1UL << 63);

    private double _sum;
    private double _scaledSum;

    /// <summary>Gets when it begins, inclusive.</summary>
    public Timestamp Start => start;

    /// <summary>Gets how many values it holds: its points without the gaps.</summary>
    public long Count { get; private set; }

    /// <summary>Gets how many of them are numbers.</summary>
    public long Numbers { get; private set; }

    /// <summary>Gets the smallest number; 0 when there is none.</summary>
    public double Min { get; private set; }

    /// <summary>Gets the greatest number; 0 when there is none.</summary>
    public double Max { get; private set; }

    /// <summary>Gets the mean of the numbers, each counted once however long it stood; 0 when there is none.</summary>
    public double Average => Numbers == 0 ? 0 : double.IsFinite(_sum) ? _sum / Numbers : _scaledSum / Numbers / Scale;

    /// <summary>Gets the last point, which may be a gap.</summary>
    public SeriesPoint Last { get; private set; }

    /// <summary>Adds the next point.</summary>
    /// <param name="point">The point, not before those that were added.</param>
    public void Add(in SeriesPoint point)
    {
        Last = point;
        Count += point.Kind == SeriesPointKind.Gap ? 0 : 1;
        if (point.Kind == SeriesPointKind.Number)
        {
            var number = point.Number;
            Min = Numbers == 0 || number < Min ? number : Min;
            Max = Numbers == 0 || number > Max ? number : Max;
            _sum += number;
            _scaledSum += number * Scale;
            Numbers++;
        }
    }
}
