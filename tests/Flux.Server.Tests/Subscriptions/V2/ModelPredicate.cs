using System.Text.Json;
using Flux.Core.Entities;
using Flux.Core.Log;

namespace Flux.Server.Tests.Subscriptions.V2;

/// <summary>A predicate with what it means, written down a second time without the language.</summary>
/// <param name="Text">The predicate.</param>
/// <param name="OfState">What it says of a state; null when it judges changes.</param>
/// <param name="OfChange">What it says of a change, with the states before and after it; null when it judges states.</param>
internal sealed record ModelPredicate(
    string Text, Func<string, PropertyMap, bool>? OfState, Func<RecordedEvent, PropertyMap, PropertyMap, bool>? OfChange)
{
    public static readonly IReadOnlyList<ModelPredicate> All =
    [
        new("properties.n > 5", (_, state) => Number(state, "n") > 5, OfChange: null),
        new("entity.startsWith(\"a/\") && has(properties.t)", (id, state) => id.StartsWith("a/", StringComparison.Ordinal) && Number(state, "t") is not null, OfChange: null),
        new("size(properties) < 2", (_, state) => state.Count < 2, OfChange: null),
        new("\"n\" in changed", OfState: null, (recorded, before, _) => recorded.Data.Payload.Change.IsDeletion
            ? Number(before, "n") is not null
            : recorded.Data.Payload.Change.Properties.ToArray().Any(property => property.Name == "n")),
        new("deleted || properties.n > previous.n", OfState: null, (recorded, before, after) =>
            recorded.Data.Payload.Change.IsDeletion || Number(after, "n") > Number(before, "n")),
    ];

    public static int? Number(PropertyMap state, string name) => state.TryGetValue(name, out var json) ? JsonSerializer.Deserialize<int>(json) : null;

    public override string ToString() => Text;
}
