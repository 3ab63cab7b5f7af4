using System.Text.Json;
using Flux.Core.Events;
using Flux.Server.Hosting;

namespace Flux.Server.Entities;

/// <summary>What a batch delete selects: of several filters the first of namespace, prefix, entity_ids counts.</summary>
internal sealed record DeletionFilter(string? Namespace, string? Prefix, List<EntityKey>? EntityIds)
{
    /// <summary>Reads the body.</summary>
    /// <exception cref="RequestRefusedException">It holds no usable filter.</exception>
    public static DeletionFilter Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            throw Unusable();
        }

        if (body.TryGetProperty("namespace", out var ns) && ns.ValueKind != JsonValueKind.Null)
        {
            var name = Text(ns, "namespace");
            return name.Length > 0
                ? new DeletionFilter(name, Prefix: null, EntityIds: null)
                : throw Refuse("namespace: must not be empty");
        }

        if (body.TryGetProperty("prefix", out var prefix) && prefix.ValueKind != JsonValueKind.Null)
        {
            var text = Text(prefix, "prefix");

            // It would match everything: a whole world gone for one forgotten value (docs/decisions/0004).
            return text.Length > 0
                ? new DeletionFilter(Namespace: null, text, EntityIds: null)
                : throw Refuse("prefix: must not be empty; it would delete every entity");
        }

        if (body.TryGetProperty("entity_ids", out var ids) && ids.ValueKind == JsonValueKind.Array)
        {
            return new DeletionFilter(Namespace: null, Prefix: null, [.. ids.EnumerateArray().Select(Key)]);
        }

        throw Unusable();
    }

    private static EntityKey Key(JsonElement id) =>
        EntityKey.TryParse(Text(id, "entity_ids"), out var key)
            ? key
            : throw new RequestRefusedException(StatusCodes.Status400BadRequest, ErrorCodes.InvalidEntityId,
                $"entity_ids: an id is longer than {EntityKey.MaxBytes} bytes, or holds U+0000");

    private static string Text(JsonElement value, string name)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            throw Refuse($"{name}: must be a string");
        }

        return value.GetString()!;
    }

    private static RequestRefusedException Unusable() => Refuse("give one of namespace (text), prefix (text) or entity_ids (array of text)");

    private static RequestRefusedException Refuse(string message) => new(StatusCodes.Status400BadRequest, ErrorCodes.InvalidRequest, message);
}
