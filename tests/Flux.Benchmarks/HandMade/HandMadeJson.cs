using System.Text.Json;
using System.Text.Json.Serialization;

namespace Flux.Benchmarks.HandMade;

/// <summary>Readers and writers of the JSON, made at compile time: nothing is looked up per request.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(HandMadeEvent))]
[JsonSerializable(typeof(HandMadeAnswer))]
internal sealed partial class HandMadeJson : JsonSerializerContext;
