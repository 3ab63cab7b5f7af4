namespace Flux.Server.Hosting;

/// <summary>The web server's limits. Source: bad-input, "Limits" and rows S, H.</summary>
internal static class WebServerSetup
{
    public static void AddWebServer(this WebApplicationBuilder builder, FluxSettings settings) => builder.WebHost.ConfigureKestrel(server =>
    {
        server.AddServerHeader = false;
        server.ListenAnyIP(settings.Port);
        server.Limits.MaxRequestLineSize = 8 * 1024;
        server.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
        server.Limits.MaxRequestHeaderCount = 100;
        server.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(8);

        // Each endpoint has its own limit, and answers in JSON.
        server.Limits.MaxRequestBodySize = null;
    });
}
