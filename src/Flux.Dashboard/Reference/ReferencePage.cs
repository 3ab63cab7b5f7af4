using System.IO.Compression;
using System.Text;
using Flux.Dashboard.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using Scalar.AspNetCore;

namespace Flux.Dashboard.Reference;

/// <summary>/reference: what the server says of its API at /openapi.json, shown by Scalar. Its script is a part of the server, and keeps to the console's policy.</summary>
internal static class ReferencePage
{
    /// <summary>The path of the page.</summary>
    public const string Path = "/reference";

    // What the package has inside, packed with gzip. A day: the file is as old as the server.
    private const string ScriptPath = "/_content/Scalar/scalar.js";
    private const string Resource = "ScalarStaticAssets.scalar.js";
    private const string Keep = "public, max-age=86400";

    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    private static readonly byte[] Html = Encoding.UTF8.GetBytes(
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <meta name="color-scheme" content="light dark">
          <title>API · Flux</title>
          <link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='M1 11c3 0 3-6 7-6s4 6 7 6' fill='none' stroke='%234a5bd4' stroke-width='2.5'/%3E%3C/svg%3E">
          <link rel="stylesheet" href="/_content/Flux.Dashboard/reference.css">
          <script src="/_content/Scalar/scalar.js" defer></script>
          <script src="/_content/Flux.Dashboard/reference.js" defer></script>
        </head>
        <body>
          <nav class="console" aria-label="Console"><a href="/">Console</a> <a href="/openapi.json">OpenAPI document</a> <a href="/asyncapi.json">AsyncAPI document of the WebSocket</a></nav>
          <noscript><p>This page needs JavaScript. The documents do not.</p></noscript>
          <div id="reference"></div>
        </body>
        </html>
        """);

    /// <summary>Maps the page and its script.</summary>
    public static void MapReferencePage(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapMethods(Path, Reading, (RequestDelegate)SendAsync);
        endpoints.MapMethods(ScriptPath, Reading, (RequestDelegate)SendScriptAsync);
    }

    private static Task SendAsync(HttpContext context) => HtmlAnswer.SendAsync(context, Html);

    private static async Task SendScriptAsync(HttpContext context)
    {
        await using var packed = typeof(ScalarOptions).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"the package of Scalar has no {Resource}");
        var response = context.Response;
        response.ContentType = "text/javascript; charset=utf-8";
        response.Headers.CacheControl = Keep;
        response.Headers.Vary = HeaderNames.AcceptEncoding;
        var takesGzip = context.Request.Headers.AcceptEncoding.Any(accept => accept is not null && accept.Contains("gzip", StringComparison.OrdinalIgnoreCase));
        if (takesGzip)
        {
            response.Headers.ContentEncoding = "gzip";
            response.ContentLength = packed.Length;
        }

        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        if (takesGzip)
        {
            await packed.CopyToAsync(response.Body, context.RequestAborted);
            return;
        }

        await using var unpacked = new GZipStream(packed, CompressionMode.Decompress);
        await unpacked.CopyToAsync(response.Body, context.RequestAborted);
    }
}
