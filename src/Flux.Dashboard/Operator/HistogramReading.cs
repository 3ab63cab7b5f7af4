using System.Text.Json;

namespace Flux.Dashboard.Operator;

/// <summary>How many measurements fell into each bucket of a histogram, up to a moment or between two.</summary>
/// <param name="Bounds">The upper bounds of the buckets; one bucket more has none.</param>
/// <param name="Counts">How many fell into each.</param>
public sealed record HistogramReading(IReadOnlyList<double> Bounds, IReadOnlyList<long> Counts)
{
    /// <summary>A histogram that nothing fell into.</summary>
    public static readonly HistogramReading Empty = new([], []);

    /// <summary>Gets how many measurements there are.</summary>
    public long Total => Counts.Sum();

    internal static HistogramReading Of(JsonElement json) => new(
        [.. json.GetProperty("bounds").EnumerateArray().Select(bound => bound.GetDouble())],
        [.. json.GetProperty("counts").EnumerateArray().Select(count => count.GetInt64())]);

    /// <summary>Adds what fell into the buckets elsewhere.</summary>
    /// <param name="other">The same histogram, of another silo.</param>
    public HistogramReading Plus(HistogramReading other) => Counts.Count == 0 ? other
        : other.Counts.Count == 0 ? this
        : this with { Counts = [.. Counts.Zip(other.Counts, (mine, others) => mine + others)] };

    /// <summary>Takes away what had fallen into the buckets before.</summary>
    /// <param name="earlier">The same histogram, earlier.</param>
    /// <returns>What came since; all of it when the counts have begun anew.</returns>
    public HistogramReading Since(HistogramReading earlier) =>
        earlier.Counts.Count == Counts.Count && earlier.Total <= Total
            ? this with { Counts = [.. Counts.Zip(earlier.Counts, (now, then) => Math.Max(0, now - then))] }
            : this;

    /// <summary>Estimates the value that a share of the measurements does not exceed, evenly within its bucket.</summary>
    /// <param name="share">The share, above 0 and at most 1.</param>
    /// <returns>The value, at most the last bound; null when there are no measurements.</returns>
    public double? Quantile(double share)
    {
        var rank = share * Total;
        var below = 0L;
        for (var i = 0; i < Counts.Count; i++)
        {
            if (Counts[i] > 0 && below + Counts[i] >= rank)
            {
                var bottom = i == 0 ? 0 : Bounds[i - 1];
                return i == Bounds.Count ? bottom : bottom + ((Bounds[i] - bottom) * ((rank - below) / Counts[i]));
            }

            below += Counts[i];
        }

        return null;
    }
}
