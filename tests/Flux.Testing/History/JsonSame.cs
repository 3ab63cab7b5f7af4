using System.Text.Json;

namespace Flux.Testing.History;

/// <summary>Compares JSON texts: white space and escapes do not count, the spelling of a number does, so that no rounding goes unseen.</summary>
internal static class JsonSame
{
    public static bool Value(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.SequenceEqual(right))
        {
            return true;
        }

        try
        {
            return SameTokens(left, right);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false; // one of them is no JSON at all
        }
    }

    /// <summary>Reads the members of an object; null when it is none.</summary>
    public static Dictionary<string, byte[]>? Members(byte[] json)
    {
        try
        {
            var members = new Dictionary<string, byte[]>(StringComparer.Ordinal);
            var reader = new Utf8JsonReader(json, PayloadMeaning.Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                members[name] = json[start..(int)reader.BytesConsumed];
            }

            return members;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static bool SameTokens(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var a = new Utf8JsonReader(left, PayloadMeaning.Options);
        var b = new Utf8JsonReader(right, PayloadMeaning.Options);
        while (a.Read())
        {
            if (!b.Read() || a.TokenType != b.TokenType)
            {
                return false;
            }

            var same = a.TokenType is JsonTokenType.String or JsonTokenType.PropertyName
                ? string.Equals(a.GetString(), b.GetString(), StringComparison.Ordinal)
                : a.ValueSpan.SequenceEqual(b.ValueSpan);
            if (!same)
            {
                return false;
            }
        }

        return !b.Read();
    }
}
