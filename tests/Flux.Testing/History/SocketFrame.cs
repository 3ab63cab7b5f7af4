using System.Text.Json;

namespace Flux.Testing.History;

/// <summary>A frame that a server sent, read on the checker's own terms.</summary>
internal readonly ref struct SocketFrame
{
    private SocketFrame(ReadOnlySpan<byte> raw)
    {
        var reader = new Utf8JsonReader(raw, PayloadMeaning.Options);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            switch (name, reader.TokenType)
            {
                case ("type", JsonTokenType.String):
                    Type = reader.GetString();
                    break;
                case ("entity_id", JsonTokenType.String):
                    EntityId = reader.GetString();
                    break;
                case ("property", JsonTokenType.String):
                    Property = reader.GetString();
                    break;
                case ("event_id", JsonTokenType.String):
                    EventId = reader.GetString();
                    break;
                case ("position", JsonTokenType.Number):
                    Position = reader.GetInt64();
                    break;
                case ("version", JsonTokenType.Number):
                    Version = reader.GetInt64();
                    break;
                case ("value", _):
                    reader.Skip();
                    Value = raw[start..(int)reader.BytesConsumed];
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
    }

    public string? Type { get; }

    public string? EntityId { get; }

    public string? Property { get; }

    public string? EventId { get; }

    public long? Position { get; }

    public long? Version { get; }

    public ReadOnlySpan<byte> Value { get; }

    public static bool TryRead(ReadOnlySpan<byte> raw, out SocketFrame frame)
    {
        try
        {
            frame = new SocketFrame(raw);
            return frame.Type is not null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            frame = default;
            return false;
        }
    }
}
