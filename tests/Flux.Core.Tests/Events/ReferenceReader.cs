using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Flux.Core.Tests.Events;

/// <summary>Reads bodies with the platform's own document, the slow and obvious way, by the rules of docs/protocol.md. It knows no conditions, due times and causes.</summary>
internal static class ReferenceReader
{
    private const int MaxBytes = 1_024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads one event; null when it is refused.</summary>
    public static ReferenceEvent? Read(byte[] body)
    {
        using var document = Parse(body, depth: 128);
        return document is null ? null : Read(document.RootElement);
    }

    /// <summary>Reads a batch; null when it is refused as a whole.</summary>
    public static List<ReferenceEvent?>? ReadBatch(byte[] body)
    {
        using var document = Parse(body, depth: 130);
        var root = document?.RootElement ?? default;
        if (root.ValueKind == JsonValueKind.Object)
        {
            var names = TryNames(root);
            if (names is null || names.Count(name => name == "events") != 1)
            {
                return null;
            }

            root = root.GetProperty("events");
        }

        return root.ValueKind == JsonValueKind.Array && root.GetArrayLength() > 0 ? [.. root.EnumerateArray().Select(Read)] : null;
    }

    private static JsonDocument? Parse(byte[] body, int depth)
    {
        try
        {
            Strict.GetString(body);
            return JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = depth });
        }
        catch (Exception e) when (e is DecoderFallbackException or JsonException)
        {
            return null;
        }
    }

    private static ReferenceEvent? Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || DepthOf(root) > 128 || !IsReadable(root))
        {
            return null;
        }

        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in root.EnumerateObject())
        {
            if (member.Name is "stream" or "source" or "payload" or "timestamp" or "eventId" or "key" or "schema" && !members.TryAdd(member.Name, member.Value))
            {
                return null;
            }
        }

        if (!TryText("stream", out var stream) || !TryText("source", out var source) || !TryText("eventId", out var eventId) || !TryText("key", out var key) || !TryText("schema", out var schema)
            || stream is null || !Regex.IsMatch(stream, @"\A[a-z0-9]+(\.[a-z0-9]+)*\z") || string.IsNullOrEmpty(source)
            || !members.TryGetValue("payload", out var payload) || payload.ValueKind != JsonValueKind.Object || !HasFitNames(payload))
        {
            return null;
        }

        long? timestamp = null;
        if (members.TryGetValue("timestamp", out var time))
        {
            if (time.ValueKind != JsonValueKind.Number || !time.TryGetInt64(out var milliseconds) || milliseconds <= 0)
            {
                return null;
            }

            timestamp = milliseconds;
        }

        var (entityId, isDeletion, properties) = Json.Interpret(payload.GetRawText());
        return entityId is not null && !IsFit(entityId) ? null
            : properties.Exists(p => p.Name == "$claim" || p.Name.StartsWith("$claim/", StringComparison.Ordinal)) ? null
            : new ReferenceEvent(
                string.IsNullOrEmpty(eventId) ? null : eventId, stream, source, timestamp, key, schema, payload.GetRawText(), entityId, isDeletion, ReferenceEvent.Show(properties));

        bool TryText(string name, out string? text)
        {
            text = null;
            if (!members.TryGetValue(name, out var value) || value.ValueKind == JsonValueKind.Null)
            {
                return true;
            }

            text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
            return text is not null && IsFit(text);
        }
    }

    private static bool IsFit(string text) => !text.Contains('\0', StringComparison.Ordinal) && Encoding.UTF8.GetByteCount(text) <= MaxBytes;

    private static bool HasFitNames(JsonElement payload) => payload.EnumerateObject()
        .Where(member => member.Name == "properties" && member.Value.ValueKind == JsonValueKind.Object)
        .All(member => member.Value.EnumerateObject().All(p => Encoding.UTF8.GetByteCount(p.Name) <= MaxBytes));

    private static int DepthOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => 1 + element.EnumerateObject().Select(member => DepthOf(member.Value)).DefaultIfEmpty().Max(),
        JsonValueKind.Array => 1 + element.EnumerateArray().Select(DepthOf).DefaultIfEmpty().Max(),
        _ => 0,
    };

    // Every text can be read, and every number is one that a double can hold.
    private static bool IsReadable(JsonElement element)
    {
        try
        {
            return element.ValueKind switch
            {
                JsonValueKind.Object => element.EnumerateObject().All(member => member.Name is not null && IsReadable(member.Value)),
                JsonValueKind.Array => element.EnumerateArray().All(IsReadable),
                JsonValueKind.String => element.GetString() is not null,
                JsonValueKind.Number => double.IsFinite(double.Parse(element.GetRawText(), CultureInfo.InvariantCulture)),
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            return false; // half of a surrogate pair
        }
    }

    private static List<string>? TryNames(JsonElement root)
    {
        try
        {
            return [.. root.EnumerateObject().Select(member => member.Name)];
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
