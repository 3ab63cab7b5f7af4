using System.Text.Json;
using CsCheck;
using Flux.Core.Events;

namespace Flux.Core.Tests;

/// <summary>Random JSON texts with what producers really send: escapes, blanks, repeated names, odd numbers.</summary>
internal static class Json
{
    private static readonly Gen<string> Blank = Gen.OneOf("", "", "", " ", "\n", "\t ");

    private static readonly Gen<string> Scalar = Gen.OneOf(
        Gen.OneOf("null", "true", "false", "0", "-0", "1e3", "22.50", "9007199254740993", "1E-400", "\"\"", "\"\\u00e9\\n\"", "\"\\ud83d\\ude00\"", "\"é😀\""),
        Gen.Int.Select(i => $"{i}"),
        Gen.String.AlphaNumeric.Select(s => $"\"{s}\""));

    // Few names, so that they repeat; some spell the same one in another way.
    private static readonly Gen<string> Name = Gen.OneOf(
        Gen.OneOf("a", "\\u0061", "b", "", "__deleted__", "__delete\\u0064__", "é", "\\u00E9", "😀", "\\ud83d\\uDE00", "\\\"", "a\\\\b", "\\u0000"),
        Gen.Int[0, 40].Select(i => $"p{i}"));

    /// <summary>A value, nested at most three levels deep.</summary>
    public static readonly Gen<string> Value = Nest(Nest(Nest(Scalar)));

    /// <summary>An object as an entity's properties.</summary>
    public static readonly Gen<string> Properties = Object(Gen.Select(Name, Value), most: 50);

    /// <summary>A payload, most of them with an entity and properties, some with members twice or of another type.</summary>
    public static readonly Gen<string> Payload = Object(
        Gen.Frequency(
            (4, Gen.Select(Gen.OneOf("entity_id", "entity\\u005fid"), Gen.Frequency((3, Gen.OneOf("\"acme/e1\"", "\"\"", "\"\\u0061\"")), (1, Value)))),
            (4, Gen.Select(Gen.OneOf("properties", "propert\\u0069es"), Gen.Frequency((5, Properties), (1, Value)))),
            (1, Gen.Select(Name, Value))),
        most: 5);

    /// <summary>Reads a payload with the platform's own document, the slow and obvious way.</summary>
    public static (string? EntityId, bool IsDeletion, List<(string Name, string Value)> Properties) Interpret(string payload)
    {
        using var document = JsonDocument.Parse(payload);
        string? entityId = null;
        JsonElement properties = default;
        foreach (var member in document.RootElement.EnumerateObject())
        {
            if (string.Equals(member.Name, "entity_id", StringComparison.Ordinal))
            {
                entityId = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString() : null;
            }
            else if (string.Equals(member.Name, "properties", StringComparison.Ordinal))
            {
                properties = member.Value;
            }
        }

        var set = new List<(string Name, string Value)>();
        if (entityId is null || properties.ValueKind != JsonValueKind.Object)
        {
            return (entityId, false, set);
        }

        foreach (var property in properties.EnumerateObject())
        {
            set.RemoveAll(p => string.Equals(p.Name, property.Name, StringComparison.Ordinal));
            set.Add((property.Name, property.Value.GetRawText()));
        }

        return set.Contains((EntityChange.DeletedProperty, "true")) ? (entityId, true, []) : (entityId, false, set);
    }

    private static Gen<string> Nest(Gen<string> inner) =>
        Gen.Frequency((4, Scalar), (1, Object(Gen.Select(Name, inner), most: 3)), (1, Gen.Select(inner.Array[0, 3], Blank, (items, b) => $"[{b}{string.Join($",{b}", items)}]")));

    private static Gen<string> Object(Gen<(string Name, string Value)> member, int most) =>
        Gen.Select(member.Array[0, most], Blank, (members, b) => $"{{{b}{string.Join($"{b},", members.Select(m => $"\"{m.Name}\"{b}:{b}{m.Value}"))}{b}}}");
}
