using System.Text.Json.Serialization;

namespace Flux.Core.Namespaces;

/// <summary>How the parts of a namespace's record stand in the properties of its entity.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(TokenRecord))]
[JsonSerializable(typeof(NamespaceLimits))]
[JsonSerializable(typeof(NamespaceState))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(bool))]
internal sealed partial class NamespaceJson : JsonSerializerContext;
