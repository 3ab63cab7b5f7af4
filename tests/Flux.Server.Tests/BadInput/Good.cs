using System.Text.Json;

namespace Flux.Server.Tests.BadInput;

/// <summary>The good event of the page; a row changes only what it names.</summary>
internal static class Good
{
    public const string Id = "acme/e1";

    /// <summary>The good event with other properties, as JSON.</summary>
    public static string Event(string id, string properties, string? eventId = null) =>
        With(payload: $"{{\"entity_id\":{JsonSerializer.Serialize(id)},\"properties\":{properties}}}",
            more: eventId is null ? "" : $",\"eventId\":{JsonSerializer.Serialize(eventId)}");

    public static string Property(string property) => With(payload: $"{{\"entity_id\":\"acme/e1\",\"properties\":{{{property}}}}}");

    /// <summary>The good event with members replaced; each is JSON, and an empty one is left out.</summary>
    public static string With(
        string stream = "\"test\"",
        string source = "\"bad-input\"",
        string timestamp = "1772028627158",
        string payload = """{"entity_id":"acme/e1","properties":{"n":1}}""",
        string more = "")
    {
        (string Name, string Json)[] members = [("stream", stream), ("source", source), ("timestamp", timestamp), ("payload", payload)];
        return $"{{{string.Join(',', members.Where(m => m.Json.Length > 0).Select(m => $"\"{m.Name}\":{m.Json}"))}{more}}}";
    }
}
