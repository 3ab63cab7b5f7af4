using System.Text.Json;
using Flux.Core.Events;

namespace Flux.Server.Subscriptions;

/// <summary>What a client asks for.</summary>
internal readonly record struct ClientMessage(bool IsSubscribe, string Pattern)
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = EventLimits.MaxDepth };

    /// <summary>Reads a message. A bad one is nobody's business but its sender's, who is not told either (wire-contract section 15).</summary>
    /// <param name="json">The text of one message.</param>
    /// <param name="message">The message, when the answer is true.</param>
    /// <returns>False for anything but a well-formed subscribe or unsubscribe.</returns>
    public static bool TryParse(ReadOnlySpan<byte> json, out ClientMessage message)
    {
        message = default;
        try
        {
            return TryRead(new Utf8JsonReader(json, Options), out message);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false; // no JSON, or half of a surrogate pair
        }
    }

    private static bool TryRead(Utf8JsonReader reader, out ClientMessage message)
    {
        string? type = null;
        string? id = null;
        string? alias = null;
        message = default;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                type = ReadText(ref reader);
            }
            else if (reader.ValueTextEquals("entity_id"u8))
            {
                id = ReadText(ref reader);
            }
            else if (reader.ValueTextEquals("entityId"u8))
            {
                alias = ReadText(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        // Reading on past the object's end is an error if there is more.
        reader.Read();
        if (!EntityKey.TryParse(id ?? alias, out var key) || type is not ("subscribe" or "unsubscribe"))
        {
            return false;
        }

        message = new ClientMessage(type == "subscribe", key.Id);
        return true;
    }

    private static string? ReadText(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.GetString();
        }

        reader.Skip();
        return null;
    }
}
