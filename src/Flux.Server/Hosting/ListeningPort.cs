using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Flux.Server.Hosting;

/// <summary>Finds the port that the server was given, which is another than the setting's when that is 0.</summary>
internal static class ListeningPort
{
    /// <summary>Gives the port of HTTP and WebSocket.</summary>
    /// <param name="server">The web server, started.</param>
    public static int Of(IServer server)
    {
        var address = server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();
        return new Uri(address.Replace("[::]", "localhost", StringComparison.Ordinal)).Port;
    }
}
