using System.Text;
using Flux.Server.Tests.BadInput;

namespace Flux.Server.Tests.Namespaces;

/// <summary>A namespace and its owner.</summary>
/// <param name="Name">The namespace.</param>
/// <param name="Token">The owner's token.</param>
/// <param name="Marker">The text that stands in everything the owner writes: values, property names, streams, sources, event ids.</param>
/// <param name="IsPrivate">Whether nobody else may ever see it.</param>
internal sealed record Tenant(string Name, string Token, string Marker, bool IsPrivate)
{
    public byte[] MarkerBytes { get; } = Encoding.UTF8.GetBytes(Marker);

    /// <summary>Gets an entity whose id nobody can guess. The others, <c>e0</c> and so on, everybody asks for.</summary>
    public string SecretId => $"{Name}/{Marker}";

    public string Id(int n) => $"{Name}/e{n}";

    /// <summary>An event that is marked all over.</summary>
    public string Event(string id, int n) => Good.With(
        stream: $"\"{Marker}\"",
        source: $"\"{Marker}\"",
        payload: $$"""{"entity_id":"{{id}}","properties":{"{{Marker}}":{"deep":["{{Marker}}"] },"v":"{{Marker}}","n":{{n}} } }""",
        more: $",\"eventId\":\"{Marker}-{n}\",\"key\":\"{Marker}\"");
}
