using System.Text.Json;

namespace Flux.Dashboard.Api;

/// <summary>A value as people read it: a number with the digits that were sent, a text without quotes, anything else as JSON.</summary>
internal static class ValueText
{
    /// <summary>The most characters of a value in a list.</summary>
    public const int Short = 60;

    /// <summary>Writes a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="most">The most characters; what is longer ends with an ellipsis.</param>
    public static string Of(JsonElement value, int most)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        return text.Length <= most ? text : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[most - 1]) ? most - 1 : most), "…");
    }
}
