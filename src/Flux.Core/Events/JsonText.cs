using System.Text.Json;

namespace Flux.Core.Events;

/// <summary>The checks that the platform's JSON reader leaves to its caller: lone surrogates and numbers beyond a double.</summary>
/// <remarks>Invalid UTF-8 is checked once over the whole body, before it is read.</remarks>
internal static class JsonText
{
    /// <summary>Gets the string that the reader stands on.</summary>
    /// <exception cref="EventRefusedException">It holds a lone surrogate.</exception>
    public static string GetString(ref Utf8JsonReader reader, string where)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new EventRefusedException("invalid_string", $"{where}: the text holds half of a surrogate pair", e);
        }
    }

    /// <summary>Checks the name that the reader stands on.</summary>
    /// <exception cref="EventRefusedException">It holds a lone surrogate.</exception>
    public static void CheckName(ref Utf8JsonReader reader, string where)
    {
        if (reader.ValueIsEscaped)
        {
            GetString(ref reader, where);
        }
    }

    /// <summary>Checks the value that the reader stands on, to its end.</summary>
    /// <param name="reader">The reader; it stands on the value's last token afterwards.</param>
    /// <param name="where">The place, for the message.</param>
    /// <param name="name">The property within that place, for the message.</param>
    /// <exception cref="EventRefusedException">It holds a lone surrogate, or a number that no double can hold.</exception>
    public static void CheckAndSkip(ref Utf8JsonReader reader, string where, string? name = null)
    {
        var depth = reader.CurrentDepth;
        var isContainer = reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
        CheckToken(ref reader, where, name);
        while (isContainer && reader.Read())
        {
            CheckToken(ref reader, where, name);
            isContainer = reader.CurrentDepth > depth;
        }
    }

    private static void CheckToken(ref Utf8JsonReader reader, string where, string? name)
    {
        switch (reader.TokenType)
        {
            // Most numbers are short, and no number of under 300 characters without an exponent can overflow.
            case JsonTokenType.Number when reader.ValueSpan.Length >= 300 || reader.ValueSpan.IndexOfAny((byte)'e', (byte)'E') >= 0:
                if (!reader.TryGetDouble(out var number) || !double.IsFinite(number))
                {
                    throw new EventRefusedException("invalid_number", $"{Place(where, name)}: the number is beyond the range of a double");
                }

                break;
            case JsonTokenType.String or JsonTokenType.PropertyName when reader.ValueIsEscaped:
                GetString(ref reader, Place(where, name));
                break;
            default:
                break;
        }
    }

    private static string Place(string where, string? name) => name is null ? where : $"{where}.{Shown.Cut(name)}";
}
