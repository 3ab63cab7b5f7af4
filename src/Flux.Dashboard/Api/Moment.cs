using System.Text.Json;

namespace Flux.Dashboard.Api;

/// <summary>Times as the API writes them and as people read them, UTC.</summary>
internal static class Moment
{
    /// <summary>Reads a time.</summary>
    /// <param name="value">The time.</param>
    public static DateTimeOffset Read(JsonElement value) =>
        DateTimeOffset.Parse(value.GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    /// <summary>Writes a time for people, to the second.</summary>
    /// <param name="at">The time.</param>
    public static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>Writes a time for addresses and programs, with all its digits.</summary>
    /// <param name="at">The time.</param>
    public static string Exact(DateTimeOffset at) => at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    /// <summary>Reads a member, for people.</summary>
    /// <param name="json">The object.</param>
    /// <param name="name">The member.</param>
    /// <returns>The time; null when there is none.</returns>
    public static string? Of(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? Text(Read(value)) : null;
}
