using System.Text.Json;
using Flux.Dashboard.Api;

namespace Flux.Dashboard.Namespaces;

/// <summary>A namespace as who manages it sees it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="State">Its state: active, suspended, banned or deleted.</param>
/// <param name="IsPrivate">Whether only its tokens see what is in it.</param>
/// <param name="Tokens">How many tokens work.</param>
/// <param name="CreatedAt">When it was registered, UTC.</param>
/// <param name="Limits">The limits of its own.</param>
public sealed record NamespaceInfo(string Id, string Name, string State, bool IsPrivate, long Tokens, string CreatedAt, JsonElement Limits)
{
    /// <summary>Gets who sees what is in it.</summary>
    public string SeenBy => State is "banned" ? "nobody" : IsPrivate ? "its tokens" : "everybody";

    internal static NamespaceInfo Of(JsonElement json) => new(
        json.GetProperty("namespaceId").GetString()!,
        json.GetProperty("name").GetString()!,
        json.GetProperty("state").GetString()!,
        json.GetProperty("private").GetBoolean(),
        json.GetProperty("tokens").GetInt64(),
        Moment.Of(json, "createdAt")!,
        json.GetProperty("limits"));
}
