using System.Text.Json;
using Flux.Dashboard.Api;

namespace Flux.Dashboard.Entity;

/// <summary>A stretch of a series: its numbers in short.</summary>
/// <param name="Start">When it begins.</param>
/// <param name="Min">The least; null when there is no number in it.</param>
/// <param name="Max">The greatest.</param>
/// <param name="Average">The average.</param>
public sealed record ChartPoint(DateTimeOffset Start, double? Min, double? Max, double? Average)
{
    internal static ChartPoint Of(JsonElement bucket) => new(
        Moment.Read(bucket.GetProperty("start")),
        Number(bucket, "min"),
        Number(bucket, "max"),
        Number(bucket, "avg"));

    private static double? Number(JsonElement bucket, string name) => bucket.TryGetProperty(name, out var value) ? value.GetDouble() : null;
}
