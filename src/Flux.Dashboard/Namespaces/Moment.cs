using System.Text.Json;

namespace Flux.Dashboard.Namespaces;

/// <summary>A time of the API as people read it, UTC.</summary>
internal static class Moment
{
    /// <summary>Reads a member.</summary>
    /// <param name="json">The object.</param>
    /// <param name="name">The member.</param>
    /// <returns>The time; null when there is none.</returns>
    public static string? Of(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) ? At(value).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : null;

    /// <summary>Reads a time.</summary>
    /// <param name="value">The time.</param>
    public static DateTime At(JsonElement value) =>
        DateTimeOffset.Parse(value.GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).UtcDateTime;
}
