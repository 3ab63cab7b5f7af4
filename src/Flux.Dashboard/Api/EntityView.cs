using System.Text.Json;

namespace Flux.Dashboard.Api;

/// <summary>An entity as a list shows it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Properties">Its properties.</param>
/// <param name="Version">Its version.</param>
/// <param name="LastUpdated">When it last changed.</param>
internal sealed record EntityView(string Id, JsonElement Properties, long Version, DateTimeOffset LastUpdated)
{
    public static EntityView Of(JsonElement json) => new(
        json.GetProperty("id").GetString()!,
        json.GetProperty("properties"),
        json.GetProperty("version").GetInt64(),
        Moment.Read(json.GetProperty("lastUpdated")));
}
