using System.Text.Json.Serialization;

namespace Flux.Core.Namespaces;

/// <summary>What the holder of a token may do in its namespace. Each scope includes those before it.</summary>
public enum TokenScope
{
    /// <summary>Read a private namespace.</summary>
    [JsonStringEnumMemberName("read")]
    Read = 0,

    /// <summary>Publish and delete.</summary>
    [JsonStringEnumMemberName("write")]
    Write = 1,

    /// <summary>Manage the namespace: its tokens, and whether it is private.</summary>
    [JsonStringEnumMemberName("admin")]
    Admin = 2,
}
