using System.Text.Json;

namespace Flux.Dashboard.Work;

/// <summary>A piece of work as the server lists it.</summary>
internal sealed record WorkView(
    string Id, string Kind, string Subject, string State, DateTime StartedAt, DateTime? EndedAt, string? What, long Done, long Total, long PerSecond, long? SecondsLeft, string? Result)
{
    /// <summary>Gets a value indicating whether it can be called off.</summary>
    public bool IsUnderWay => State is "waiting" or "running";

    /// <summary>Gets how much of what is counted is done, in percent.</summary>
    public double Percent => Total > 0 ? Math.Clamp(100.0 * Done / Total, 0, 100) : 0;

    /// <summary>Gets how far it is, for a person.</summary>
    public string Progress => What is null ? string.Empty : string.Create(
        CultureInfo.InvariantCulture,
        $"{Math.Floor(Percent)} %, {Done:N0} of {Total:N0} {What}, {PerSecond:N0}/s{(SecondsLeft is { } left ? $", {TimeSpan.FromSeconds(left):h\\:mm\\:ss} left" : string.Empty)}");

    /// <summary>Reads it.</summary>
    public static WorkView Of(JsonElement json) => new(
        Text(json, "id")!,
        Text(json, "kind")!,
        Text(json, "subject")!,
        Text(json, "state")!,
        json.GetProperty("startedAt").GetDateTimeOffset().UtcDateTime,
        json.TryGetProperty("endedAt", out var end) ? end.GetDateTimeOffset().UtcDateTime : null,
        Text(json, "what"),
        Number(json, "done") ?? 0,
        Number(json, "total") ?? 0,
        Number(json, "perSecond") ?? 0,
        Number(json, "secondsLeft"),
        Text(json, "result"));

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static long? Number(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetInt64() : null;
}
