using System.Text;
using System.Text.Json;

namespace Flux.Testing.Raw;

/// <summary>An answer as it came over the wire.</summary>
internal sealed record RawAnswer(int Status, string Reason, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>Gets the body as JSON; a body that is none fails the test with its text.</summary>
    public JsonElement Json
    {
        get
        {
            try
            {
                using var document = JsonDocument.Parse(Body, new JsonDocumentOptions { MaxDepth = 256 });
                return document.RootElement.Clone();
            }
            catch (JsonException e)
            {
                throw new InvalidOperationException($"The answer is no JSON ({e.Message}): {this}", e);
            }
        }
    }

    public string? Code => Json is { ValueKind: JsonValueKind.Object } body && body.TryGetProperty("code", out var code)
        ? code.GetString()
        : null;

    public string? Error => Json is { ValueKind: JsonValueKind.Object } body && body.TryGetProperty("error", out var error)
        ? error.GetString()
        : null;

    public string? Header(string name)
    {
        var values = Headers.Where(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(h => h.Value).ToList();
        return values.Count == 0 ? null : string.Join(", ", values);
    }

    public override string ToString() => $"{Status} {Reason} {(Text.Length > 300 ? $"{Text[..300]}… ({Body.Length} bytes)" : Text)}";
}
