using System.Text.Json;

namespace Flux.Testing.Subscriptions;

/// <summary>What a client must see in a frame to know where it stands.</summary>
internal readonly record struct FrameGlance
{
    public string? Type { get; private init; }

    public long? Position { get; private init; }

    public string? Cursor { get; private init; }

    public static FrameGlance At(ReadOnlySpan<byte> raw)
    {
        var glance = default(FrameGlance);
        var reader = new Utf8JsonReader(raw, History.PayloadMeaning.Options);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8) && reader.Read())
            {
                glance = glance with { Type = reader.GetString() };
            }
            else if (reader.ValueTextEquals("position"u8) && reader.Read())
            {
                glance = glance with { Position = reader.GetInt64() };
            }
            else if (reader.ValueTextEquals("cursor"u8) && reader.Read())
            {
                glance = glance with { Cursor = reader.GetString() };
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return glance;
    }
}
