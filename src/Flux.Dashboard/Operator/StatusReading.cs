using System.Text.Json;
using Flux.Dashboard.Api;

namespace Flux.Dashboard.Operator;

/// <summary>How all silos were at a moment.</summary>
/// <param name="At">The moment.</param>
/// <param name="Entities">How many entities exist.</param>
/// <param name="Events">How many events the log has; null when it did not answer.</param>
/// <param name="LogBytes">How large it is.</param>
/// <param name="Silos">The silos.</param>
internal sealed record StatusReading(DateTimeOffset At, long Entities, long? Events, long? LogBytes, IReadOnlyList<SiloReading> Silos)
{
    public static StatusReading Of(JsonElement json)
    {
        var hasLog = json.TryGetProperty("log", out var log);
        return new(
            Moment.Read(json.GetProperty("at")),
            json.GetProperty("entities").GetInt64(),
            hasLog ? log.GetProperty("position").GetInt64() : null,
            hasLog ? log.GetProperty("bytes").GetInt64() : null,
            [.. json.GetProperty("silos").EnumerateArray().Select(SiloReading.Of)]);
    }

    /// <summary>Adds up a counter or gauge of all silos.</summary>
    /// <param name="name">Its name.</param>
    public double Sum(string name) => Silos.Sum(silo => silo.Value(name));
}
