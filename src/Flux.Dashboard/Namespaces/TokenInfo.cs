using System.Text.Json;
using Flux.Dashboard.Api;

namespace Flux.Dashboard.Namespaces;

/// <summary>A token as who manages its namespace sees it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Scope">What it may do.</param>
/// <param name="Label">What its owner calls it.</param>
/// <param name="EntityPrefix">What the ids begin with that it opens; null for all of its namespace.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
/// <param name="ExpiresAt">When it ends, UTC; null for never.</param>
/// <param name="RevokedAt">When it was revoked, UTC; null when it was not.</param>
/// <param name="LastUsedOn">The last day on which it was used; null when it was not since the day it was made.</param>
/// <param name="ReplacedBy">The id of the token that takes its place; null for none.</param>
/// <param name="Works">Whether it works.</param>
internal sealed record TokenInfo(
    string Id,
    string Scope,
    string Label,
    string? EntityPrefix,
    string CreatedAt,
    string? ExpiresAt,
    string? RevokedAt,
    string? LastUsedOn,
    string? ReplacedBy,
    bool Works)
{
    public string State => RevokedAt is not null ? $"revoked {RevokedAt}"
        : (Works, ReplacedBy) switch
        {
            (true, null) => "works",
            (true, _) => $"replaced by {ReplacedBy}, works until it expires",
            (false, null) => "expired",
            (false, _) => $"replaced by {ReplacedBy}",
        };

    public static TokenInfo Of(JsonElement json, DateTimeOffset now) => new(
        json.GetProperty("id").GetString()!,
        json.GetProperty("scope").GetString()!,
        json.GetProperty("label").GetString()!,
        Text(json, "entityPrefix"),
        Moment.Of(json, "createdAt")!,
        Moment.Of(json, "expiresAt"),
        Moment.Of(json, "revokedAt"),
        Text(json, "lastUsedOn"),
        Text(json, "replacedBy"),
        Works: !json.TryGetProperty("revokedAt", out _) && (!json.TryGetProperty("expiresAt", out var end) || Moment.Read(end) > now));

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
