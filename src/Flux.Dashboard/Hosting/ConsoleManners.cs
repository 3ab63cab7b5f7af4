using System.Net;
using Microsoft.AspNetCore.Http;

namespace Flux.Dashboard.Hosting;

/// <summary>What every answer of the console has in common, and who may open its socket.</summary>
internal sealed class ConsoleManners(RequestDelegate next, DashboardOptions options)
{
    // MudBlazor sets styles in attributes and in a style element of its theme: hence 'unsafe-inline' there, and nowhere else.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; font-src 'self'; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    // What an open page shows is in the memory of its server.
    private const int MostSockets = 500;

    private int _sockets;

    public async Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        if (context.Request.Headers.Upgrade.Count == 0)
        {
            await next(context);
            return;
        }

        if (!IsOwnPage(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        try
        {
            if (Interlocked.Increment(ref _sockets) > MostSockets)
            {
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return;
            }

            await next(context);
        }
        finally
        {
            Interlocked.Decrement(ref _sockets);
        }
    }

    // The console's own page is of the address that its socket is opened to. Where only some origins may write, a name that is none of
    // theirs could be one that a stranger has pointed here; localhost and an address in figures cannot be.
    private bool IsOwnPage(HttpRequest request)
    {
        var origins = request.Headers.Origin;
        return origins.Count == 0
            || (origins.Count == 1 && Uri.TryCreate(origins[0], UriKind.Absolute, out var origin)
                && string.Equals(origin.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase)
                && (options.AllowedOrigins.Count == 0 || options.AllowedOrigins.Contains(origins[0]!.ToLowerInvariant())
                    || origin.Host is "localhost" || IPAddress.TryParse(origin.Host, out _)));
    }
}
