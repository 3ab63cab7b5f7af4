using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace Flux.Server.Tests.Reference;

/// <summary>A document as the server gives it out, whose schemas are applied to what the server really says.</summary>
internal sealed class ApiDocument
{
    private const string Place = "#/components/schemas/";

    private readonly Dictionary<string, JsonSchema> _schemas = [];

    public ApiDocument(string text) => Root = JsonNode.Parse(text)!;

    public JsonNode Root { get; }

    /// <summary>Says what is wrong with a value; null when it is as the schema says, and has no member that the schema does not name.</summary>
    public string? WhyNot(JsonNode schema, JsonElement value)
    {
        var key = schema.ToJsonString();
        if (!_schemas.TryGetValue(key, out var compiled))
        {
            var whole = new JsonObject { ["$ref"] = "#/$defs/wanted", ["$defs"] = Definitions(schema) };
            compiled = JsonSchema.FromText(whole.ToJsonString());
            _schemas.Add(key, compiled);
        }

        var result = compiled.Evaluate(value, new EvaluationOptions { OutputFormat = OutputFormat.List });
        return result.IsValid ? null
            : string.Join("; ", (result.Details ?? []).Where(detail => detail.Errors is not null)
                .SelectMany(detail => detail.Errors!.Select(error => $"{detail.InstanceLocation}: {error.Value}")).Distinct());
    }

    private JsonObject Definitions(JsonNode wanted)
    {
        var definitions = new JsonObject { ["wanted"] = Closed(wanted) };
        foreach (var (name, schema) in Root["components"]!["schemas"]!.AsObject())
        {
            definitions[name] = Closed(schema!);
        }

        return definitions;
    }

    // A member that no schema names is no mistake for a client, and one of the document.
    private static JsonNode Closed(JsonNode schema)
    {
        var copy = schema.DeepClone();
        Close(copy);
        return copy;
    }

    private static void Close(JsonNode? node)
    {
        if (node is JsonArray items)
        {
            foreach (var item in items)
            {
                Close(item);
            }
        }

        if (node is not JsonObject members)
        {
            return;
        }

        if (members["$ref"]?.GetValue<string>() is { } to && to.StartsWith(Place, StringComparison.Ordinal))
        {
            members["$ref"] = "#/$defs/" + to[Place.Length..];
        }
        else if (members["properties"] is JsonObject && members["additionalProperties"] is null)
        {
            members["additionalProperties"] = false;
        }

        foreach (var (_, child) in members)
        {
            Close(child);
        }
    }
}
