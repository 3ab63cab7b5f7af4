using System.Text.Json;
using System.Text.Json.Serialization;

namespace Flux.Benchmarks.HandMade;

/// <summary>What an event sets.</summary>
internal sealed record HandMadePayload([property: JsonPropertyName("entity_id")] string EntityId, JsonElement Properties);
