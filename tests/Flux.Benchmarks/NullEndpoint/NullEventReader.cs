using System.Text.Json;

namespace Flux.Benchmarks.NullEndpoint;

/// <summary>Reads an event as deep as Flux has to, and keeps nothing but its stream.</summary>
internal static class NullEventReader
{
    /// <summary>Reads one event; the reader stands at its opening brace.</summary>
    /// <returns>Its stream, or null when something is wrong with it.</returns>
    public static string? Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        string? stream = null;
        var (source, payload) = (false, false);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("stream"u8))
            {
                reader.Read();
                stream = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                if (!IsStream(stream))
                {
                    return null;
                }
            }
            else if (reader.ValueTextEquals("source"u8))
            {
                reader.Read();
                source = reader.TokenType == JsonTokenType.String && (reader.HasValueSequence || reader.ValueSpan.Length > 0);
            }
            else if (reader.ValueTextEquals("timestamp"u8))
            {
                reader.Read();
                if (!reader.TryGetInt64(out var timestamp) || timestamp <= 0)
                {
                    return null;
                }
            }
            else if (reader.ValueTextEquals("payload"u8))
            {
                reader.Read();
                payload = ReadPayload(ref reader);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return source && payload ? stream : null;
    }

    private static bool ReadPayload(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isProperties = reader.ValueTextEquals("properties"u8);
            var isEntity = !isProperties && reader.ValueTextEquals("entity_id"u8);
            reader.Read();
            if (isEntity && reader.TokenType == JsonTokenType.String)
            {
                // Flux needs the id as text to find the entity's grain.
                _ = reader.GetString();
            }
            else if (isProperties && reader.TokenType == JsonTokenType.StartObject)
            {
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    reader.Read();
                    reader.Skip();
                }
            }
            else
            {
                reader.Skip();
            }
        }

        return true;
    }

    private static bool IsStream(string? stream)
    {
        if (string.IsNullOrEmpty(stream) || stream[0] == '.' || stream[^1] == '.')
        {
            return false;
        }

        for (var i = 0; i < stream.Length; i++)
        {
            var legal = stream[i] == '.' ? stream[i - 1] != '.' : char.IsAsciiDigit(stream[i]) || char.IsAsciiLetterLower(stream[i]);
            if (!legal)
            {
                return false;
            }
        }

        return true;
    }
}
