using Flux.Server.Hosting;
using Microsoft.Extensions.Primitives;

namespace Flux.Server.Namespaces;

/// <summary>What stands in the Authorization header. Source: wire-contract section 10.</summary>
internal static class BearerToken
{
    private const string Scheme = "Bearer";

    private static readonly Refusal Missing = new(StatusCodes.Status401Unauthorized, ErrorCodes.MissingToken, "Authorization token not provided");
    private static readonly Refusal Malformed = new(StatusCodes.Status401Unauthorized, ErrorCodes.MalformedToken, "Invalid authorization token format");
    private static readonly Refusal Empty = new(StatusCodes.Status401Unauthorized, ErrorCodes.MalformedToken, "Authorization token is empty");

    /// <summary>Reads the token.</summary>
    /// <param name="header">The header's values.</param>
    /// <param name="token">The token, trimmed, when the answer is null.</param>
    /// <returns>Why there is none.</returns>
    public static Refusal? Read(StringValues header, out ReadOnlySpan<char> token)
    {
        token = default;
        if (header.Count != 1)
        {
            // Of two headers neither wins.
            return header.Count == 0 ? Missing : Malformed;
        }

        var text = header[0].AsSpan();
        if (text.IsEmpty)
        {
            return Missing;
        }

        if (!text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || (text.Length > Scheme.Length && text[Scheme.Length] != ' '))
        {
            return Malformed;
        }

        token = text[Scheme.Length..].Trim();
        return token.IsEmpty ? Empty : null;
    }
}
