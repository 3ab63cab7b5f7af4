using System.Buffers.Text;
using System.Text.Json;

namespace Flux.Testing.Subscriptions;

/// <summary>Properties as a predicate of the checker reads them.</summary>
internal readonly struct PropertyView(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> properties)
{
    public bool Has(string name) => properties.ContainsKey(name);

    /// <summary>The value of a property that is a number; null when it is not there, or is none.</summary>
    public double? Number(string name) =>
        properties.TryGetValue(name, out var json) && Utf8Parser.TryParse(json.Span, out double value, out var length) && length == json.Length ? value : null;

    /// <summary>The value of a property that is text; null when it is not there, or is none.</summary>
    public string? Text(string name)
    {
        if (!properties.TryGetValue(name, out var json) || json.Span[0] != '"')
        {
            return null;
        }

        var reader = new Utf8JsonReader(json.Span);
        reader.Read();
        return reader.GetString();
    }
}
