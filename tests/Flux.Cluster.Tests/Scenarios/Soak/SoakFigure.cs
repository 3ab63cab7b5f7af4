using System.Globalization;

namespace Flux.Cluster.Tests.Scenarios.Soak;

/// <summary>One figure over the time of a soak, and whether it is flat: by the median of all slopes between two samples of the last two thirds.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Of">Takes it from a sample.</param>
/// <param name="Allowance">How much it may grow over the last two thirds whatever it is; a tenth of its median is allowed too. Null: it is to grow.</param>
internal sealed record SoakFigure(string Name, string Unit, Func<SoakSample, double> Of, double? Allowance)
{
    /// <summary>What is followed. The log grows with what is written; that it does not grow faster than that is seen in the bytes of an event.</summary>
    public static IReadOnlyList<SoakFigure> All { get; } =
    [
        new("memory", "MiB", sample => sample.MemoryMiB, Allowance: 32),
        new("handles", "", sample => sample.Handles, Allowance: 10),
        new("threads", "", sample => sample.Threads, Allowance: 8),
        new("log on disk", "MiB", sample => sample.LogMiB, Allowance: null),
        new("log, an event", "bytes", sample => sample.BytesPerEvent, Allowance: 50),
        new("acknowledged in, median", "ms", sample => sample.TypicalMs, Allowance: 2),
        new("acknowledged in, 95 of 100", "ms", sample => sample.SlowMs, Allowance: 10),
    ];

    /// <summary>How much it grew over the last two thirds, by the fit.</summary>
    public double Growth(IReadOnlyList<SoakSample> samples)
    {
        var late = Late(samples);
        var slopes = new List<double>();
        for (var i = 0; i < late.Count; i++)
        {
            for (var j = i + 1; j < late.Count; j++)
            {
                slopes.Add((Of(late[j]) - Of(late[i])) / (late[j].Minute - late[i].Minute));
            }
        }

        slopes.Sort();
        return slopes.Count == 0 ? 0 : slopes[slopes.Count / 2] * (late[^1].Minute - late[0].Minute);
    }

    /// <summary>Says whether it stays what it is. Null for what is to grow.</summary>
    public bool? IsFlat(IReadOnlyList<SoakSample> samples) => Allowance is { } least ? Growth(samples) <= Math.Max(least, 0.1 * Median(samples)) : null;

    public double Median(IReadOnlyList<SoakSample> samples)
    {
        var values = Late(samples).Select(Of).Order().ToList();
        return values[values.Count / 2];
    }

    public string Row(IReadOnlyList<SoakSample> samples) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {Name} | {Of(samples[0]):0.#} | {Median(samples):0.#} | {Of(samples[^1]):0.#} | {Growth(samples):+0.##;-0.##;0} | {Unit} | {IsFlat(samples) switch { true => "flat", false => "**grows**", null => "is to grow" }} |");

    private static List<SoakSample> Late(IReadOnlyList<SoakSample> samples) => [.. samples.Skip(samples.Count / 3)];
}
