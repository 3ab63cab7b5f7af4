using System.Text.Json;
using Flux.Core.Events;

namespace Flux.Core.Expressions;

/// <summary>JSON as values: every number is a double, an object is a map, of repeated members the last counts.</summary>
public static class CelJson
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = EventLimits.MaxDepth + 8 };

    /// <summary>Reads one value.</summary>
    /// <param name="json">JSON in UTF-8 that was checked when it came in.</param>
    /// <returns>The value.</returns>
    /// <exception cref="JsonException">The text is no JSON, or nested deeper than an event may be.</exception>
    public static CelValue Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, Options);
        reader.Read();
        return Read(ref reader);
    }

    private static CelValue Read(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return CelValue.Null;
            case JsonTokenType.True:
                return CelValue.True;
            case JsonTokenType.False:
                return CelValue.False;
            case JsonTokenType.Number:
                return CelValue.Of(reader.GetDouble());
            case JsonTokenType.String:
                return CelValue.Of(reader.GetString()!);
            case JsonTokenType.StartArray:
                var items = new List<CelValue>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    items.Add(Read(ref reader));
                }

                return CelValue.Of(new CelList([.. items]));
            default:
                var members = new CelDictionary(capacity: 4);
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var name = CelValue.Of(reader.GetString()!);
                    reader.Read();
                    members.Set(name, Read(ref reader));
                }

                return CelValue.Of(members);
        }
    }
}
