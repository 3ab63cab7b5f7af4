using System.Text.Json;

namespace Flux.Dashboard.Operator;

/// <summary>How a silo was at a moment.</summary>
/// <param name="Id">Its address, with what tells it from an earlier process at that address.</param>
/// <param name="Name">Its name.</param>
/// <param name="Status">What membership calls it.</param>
/// <param name="HasAnswered">Whether it answered in time; else nothing below is known.</param>
/// <param name="Grains">How many grains are active there, by type.</param>
/// <param name="Values">Counters and gauges.</param>
/// <param name="Histograms">Histograms.</param>
internal sealed record SiloReading(
    string Id,
    string Name,
    string Status,
    bool HasAnswered,
    IReadOnlyDictionary<string, long> Grains,
    IReadOnlyDictionary<string, double> Values,
    IReadOnlyDictionary<string, HistogramReading> Histograms)
{
    public static SiloReading Of(JsonElement json) => new(
        json.GetProperty("silo").GetString()!,
        json.GetProperty("name").GetString()!,
        json.GetProperty("status").GetString()!,
        json.GetProperty("answered").GetBoolean(),
        Members(json, "grains", value => value.GetInt64()),
        Members(json, "values", value => value.GetDouble()),
        Members(json, "histograms", HistogramReading.Of));

    /// <summary>Gives a counter or gauge.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The value; 0 while it has said nothing.</returns>
    public double Value(string name) => Values.GetValueOrDefault(name);

    private static Dictionary<string, T> Members<T>(JsonElement json, string name, Func<JsonElement, T> read) =>
        json.TryGetProperty(name, out var members)
            ? members.EnumerateObject().ToDictionary(member => member.Name, member => read(member.Value), StringComparer.Ordinal)
            : [];
}
