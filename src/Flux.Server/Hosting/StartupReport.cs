using System.Reflection;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Flux.Server.Hosting;

/// <summary>What a person sees when the server has started: where it listens, where its data is, what is on and off.</summary>
internal static class StartupReport
{
    public static void Print(WebApplication app, FluxSettings settings)
    {
        var address = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();
        var port = new Uri(address.Replace("[::]", "localhost", StringComparison.Ordinal)).Port;
        var version = typeof(StartupReport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        Console.WriteLine(
            $"""
            Flux {version} is ready.
              listening       http://localhost:{port} (all interfaces), WebSocket at /api/ws
              data            {settings.DataDirectory} (embedded store, every event flushed to disk before it is acknowledged)
              authentication  off: anyone who reaches this port can write
              body limits     {settings.SingleBodyBytes} bytes for an event, {settings.BatchBodyBytes} for a batch
              rate limits     off
              cluster         off: this process is the whole of it
            """);
    }
}
