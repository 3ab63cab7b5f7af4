using Flux.Core.Events;
using Flux.Server.Hosting;
using Microsoft.AspNetCore.Http.Features;

namespace Flux.Server.Entities;

/// <summary>The entity that a path names. Source: wire-contract section 2.</summary>
/// <remarks>
/// The web server decodes a path but leaves <c>%2F</c>, so that <c>%2F</c> and <c>%252F</c> look the same afterwards. Therefore the id is taken
/// from the raw request target and decoded once.
/// </remarks>
internal static class EntityPath
{
    /// <summary>What stands before the id.</summary>
    public const string Prefix = "/api/state/entities/";

    /// <summary>Reads the id.</summary>
    /// <exception cref="RequestRefusedException">There is none, it is not validly encoded, or cannot be one.</exception>
    public static EntityKey Read(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.AsSpan();
        var query = target.IndexOf('?');
        var path = query < 0 ? target : target[..query];
        if (!path.StartsWith("/", StringComparison.Ordinal) && path.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme)
        {
            // Absolute form: the path begins at the first slash after the host.
            var rest = path[(scheme + 3)..];
            var slash = rest.IndexOf('/');
            path = slash < 0 ? "/" : rest[slash..];
        }

        if (path.Equals(Prefix.AsSpan().TrimEnd('/'), StringComparison.OrdinalIgnoreCase))
        {
            // To the router this is an entity without an id. It is the list, which is only read.
            context.Response.Headers.Allow = "GET, HEAD";
            throw new RequestRefusedException(
                StatusCodes.Status405MethodNotAllowed, ErrorCodes.MethodNotAllowed, "the path is right, the method is not");
        }

        if (!path.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            throw new RequestRefusedException(StatusCodes.Status404NotFound, ErrorCodes.NotFound, "no such path");
        }

        if (!PercentEncoding.TryDecode(path[Prefix.Length..], plusIsBlank: false, out var id) || !EntityKey.TryParse(id, out var key))
        {
            throw new RequestRefusedException(StatusCodes.Status400BadRequest, ErrorCodes.InvalidEntityId,
                $"the entity id in the path must be percent-encoded UTF-8 of at most {EntityKey.MaxBytes} bytes");
        }

        return key;
    }
}
