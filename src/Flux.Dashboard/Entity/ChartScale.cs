namespace Flux.Dashboard.Entity;

/// <summary>The numbers that an axis names: round ones, three to six of them, around all values.</summary>
internal sealed class ChartScale
{
    /// <summary>Initializes a new instance of the <see cref="ChartScale"/> class.</summary>
    /// <param name="min">The least value.</param>
    /// <param name="max">The greatest value.</param>
    public ChartScale(double min, double max)
    {
        // Of a value that never changes there is as much room above as below.
        var margin = max > min ? 0 : Math.Max(Math.Abs(max) * 0.1, double.Epsilon < Math.Abs(max) ? 0 : 1);
        (min, max) = (min - margin, max + margin);
        var span = max - min;
        if (!double.IsFinite(span) || span <= 0)
        {
            (Bottom, Top, Ticks) = (min, max, [min, max]);
            return;
        }

        var power = Math.Pow(10, Math.Floor(Math.Log10(span / 4)));
        var step = power * ((span / 4 / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 });
        var first = Math.Floor(min / step);
        var last = Math.Ceiling(max / step);
        Ticks = [.. Enumerable.Range(0, (int)(last - first) + 1).Select(i => (first + i) * step)];
        (Bottom, Top) = (Ticks[0], Ticks[^1]);
    }

    /// <summary>Gets the lower end.</summary>
    public double Bottom { get; }

    /// <summary>Gets the upper end.</summary>
    public double Top { get; }

    /// <summary>Gets the numbers that are named, the least first.</summary>
    public IReadOnlyList<double> Ticks { get; }

    /// <summary>Says how far up a value lies.</summary>
    /// <param name="value">The value.</param>
    /// <returns>0 for the lower end, 1 for the upper.</returns>
    public double Share(double value) => Top > Bottom ? (value - Bottom) / (Top - Bottom) : 0.5;
}
