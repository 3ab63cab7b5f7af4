using System.Text.Json.Serialization;

namespace Flux.Testing.History;

/// <summary>How the lines of a history are written: compact, camel case, what is absent left out, bytes as base64.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RequestRecord))]
[JsonSerializable(typeof(ReadRecord))]
[JsonSerializable(typeof(SocketRecord))]
[JsonSerializable(typeof(RowRecord))]
[JsonSerializable(typeof(StateRecord))]
[JsonSerializable(typeof(FaultRecord))]
[JsonSerializable(typeof(GrantRecord))]
[JsonSerializable(typeof(ReplayRecord))]
public sealed partial class HistoryJson : JsonSerializerContext;
