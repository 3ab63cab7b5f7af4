using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Flux.Server.Hosting;

/// <summary>The web server's limits. Source: bad-input, "Limits" and rows S, H.</summary>
internal static class WebServerSetup
{
    public static void AddWebServer(this WebApplicationBuilder builder, FluxSettings settings)
    {
        // No handler here blocks, so requests, answers and pushes go on where the socket's event was seen, one hop between threads less.
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.WebHost.ConfigureKestrel(server => Configure(server, settings));
    }

    private static void Configure(KestrelServerOptions server, FluxSettings settings)
    {
        server.AddServerHeader = false;
        server.ListenAnyIP(settings.Port);
        if (settings.ManagementPort != 0)
        {
            server.ListenAnyIP(settings.ManagementPort);
        }

        server.Limits.MaxRequestLineSize = 8 * 1024;
        server.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
        server.Limits.MaxRequestHeaderCount = 100;
        server.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(8);

        // Each endpoint has its own limit, and answers in JSON.
        server.Limits.MaxRequestBodySize = null;
    }
}
