using System.Text.Json;

namespace Flux.Testing.History;

/// <summary>What a payload means to an entity, read on the checker's own terms from the wire contract, section 6.</summary>
internal sealed class PayloadMeaning
{
    public static readonly JsonReaderOptions Options = new() { MaxDepth = 256 };

    private static readonly (string Name, int Start, int Length)[] NoProperties = [];

    private PayloadMeaning(string? entityId, bool isDeletion, (string Name, int Start, int Length)[] properties) =>
        (EntityId, IsDeletion, Properties) = (entityId, isDeletion, properties);

    /// <summary>The <c>entity_id</c>; null when it is missing or not a string.</summary>
    public string? EntityId { get; }

    public bool IsDeletion { get; }

    /// <summary>Each property once, at its last place, with the place of its value in the payload. Empty for a deletion.</summary>
    public (string Name, int Start, int Length)[] Properties { get; }

    public static PayloadMeaning Read(byte[] payload)
    {
        try
        {
            return ReadObject(payload);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Bytes that are no JSON, or half a surrogate pair, mean nothing; that they are there at all is found by comparing them.
            return new PayloadMeaning(entityId: null, isDeletion: false, NoProperties);
        }
    }

    private static PayloadMeaning ReadObject(byte[] payload)
    {
        string? entityId = null;
        List<(string Name, int Start, int Length)>? properties = null;
        var isDeletion = false;
        var reader = new Utf8JsonReader(payload, Options);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("entity_id"))
            {
                reader.Read();
                entityId = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("properties"))
            {
                reader.Read();
                (properties, isDeletion) = (null, false);
                if (reader.TokenType == JsonTokenType.StartObject)
                {
                    properties = ReadProperties(ref reader, payload, out isDeletion);
                }
                else
                {
                    reader.Skip();
                }
            }
            else
            {
                reader.Skip();
            }
        }

        var counts = entityId is not null && properties is not null;
        return new PayloadMeaning(entityId, counts && isDeletion, counts && !isDeletion ? [.. properties!] : NoProperties);
    }

    private static List<(string Name, int Start, int Length)> ReadProperties(ref Utf8JsonReader reader, byte[] payload, out bool isDeletion)
    {
        var properties = new List<(string Name, int Start, int Length)>(4);
        isDeletion = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            var length = (int)reader.BytesConsumed - start;
            properties.RemoveAll(p => string.Equals(p.Name, name, StringComparison.Ordinal));
            properties.Add((name, start, length));
            if (string.Equals(name, "__deleted__", StringComparison.Ordinal))
            {
                isDeletion = payload.AsSpan(start, length).SequenceEqual("true"u8);
            }
        }

        return properties;
    }
}
