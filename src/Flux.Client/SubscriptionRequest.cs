using System.Text.Json;

namespace Flux.Client;

/// <summary>What to hear, from where on, and how.</summary>
public sealed record SubscriptionRequest
{
    /// <summary>Gets the scope: ids, <c>ns/*</c> for all ids that start with <c>ns/</c>, or <c>*</c> for all; up to 1,000.</summary>
    public IReadOnlyList<string> Entities { get; init; } = [];

    /// <summary>Gets more of the scope: texts with which ids start; up to 1,000. An id in both lists comes once.</summary>
    public IReadOnlyList<string> Prefixes { get; init; } = [];

    /// <summary>Gets where to begin. Default: now.</summary>
    public SubscriptionStart From { get; init; } = SubscriptionStart.Now;

    /// <summary>Gets a predicate in the Common Expression Language, up to 4,096 bytes. Default: none.</summary>
    public string? Where { get; init; }

    /// <summary>Gets what the server does when this client reads too slowly. Default: it catches up from the log.</summary>
    public SlowReader Slow { get; init; }

    /// <summary>
    /// Gets a value indicating whether the server proves at least once a second that the feed lives. Without it a dead feed is noticed only
    /// when the server answers no pings. Default: true.
    /// </summary>
    public bool Progress { get; init; } = true;

    internal byte[] ToMessage(string name, SubscriptionStart from)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("type", "subscribe");
            json.WriteString("sub", name);
            WriteScope(json);
            from.Write(json, "from");
            WriteManner(json);
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    /// <summary>Writes which entities.</summary>
    internal void WriteScope(Utf8JsonWriter json)
    {
        WriteTexts(json, "entity", Entities);
        WriteTexts(json, "prefix", Prefixes);
    }

    /// <summary>Writes which of their changes, and how they come.</summary>
    internal void WriteManner(Utf8JsonWriter json)
    {
        if (Where is not null)
        {
            json.WriteString("where", Where);
        }

        var slow = Slow switch { SlowReader.Conflate => "conflate", SlowReader.Disconnect => "disconnect", _ => "catch_up" };
        json.WriteString("slow", slow);
        json.WriteBoolean("progress", Progress);
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        if (texts.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
