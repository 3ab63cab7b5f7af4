using System.Globalization;
using Flux.Core.Events;
using Flux.Server.Hosting;

namespace Flux.Server.Events;

/// <summary>The header If-Match as an expected version: <c>If-Match: "7"</c> is <c>"if_version":7</c>. Reads answer with such an ETag.</summary>
internal static class IfMatch
{
    /// <summary>Adds what the header asks for to an event.</summary>
    /// <param name="request">The request.</param>
    /// <param name="data">The event of its body.</param>
    /// <returns>The event; the same without the header.</returns>
    /// <exception cref="RequestRefusedException">The header is no single version, or says another one than the body.</exception>
    public static EventData Apply(HttpRequest request, EventData data)
    {
        if (request.Headers.IfMatch.Count == 0)
        {
            return data;
        }

        if (request.Headers.IfMatch is not [{ Length: > 2 } text] || text[0] != '"' || text[^1] != '"'
            || !long.TryParse(text.AsSpan()[1..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var version))
        {
            throw Invalid("If-Match: must be one version in quotes, such as \"7\"");
        }

        if (data.Entity is null)
        {
            throw Invalid("If-Match: is about an entity, and the event has none");
        }

        return data.Options?.IfVersion is { } other && other != version
            ? throw Invalid("If-Match: says another version than if_version")
            : data.With((data.Options ?? new AppendOptions()) with { IfVersion = version });
    }

    /// <summary>Refuses the header where there is no single event that it could be about.</summary>
    /// <exception cref="RequestRefusedException">It is there.</exception>
    public static void Refuse(HttpRequest request)
    {
        if (request.Headers.IfMatch.Count > 0)
        {
            throw Invalid("If-Match: a batch has no version; each event may have if_version");
        }
    }

    /// <summary>Gives the tag of a version.</summary>
    public static string ToTag(long version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    private static RequestRefusedException Invalid(string message) => new(StatusCodes.Status400BadRequest, ErrorCodes.InvalidField, message);
}
