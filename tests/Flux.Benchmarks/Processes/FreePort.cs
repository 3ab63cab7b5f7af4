using System.Net;
using System.Net.Sockets;

namespace Flux.Benchmarks.Processes;

internal static class FreePort
{
    /// <summary>Finds a port that nobody listens on now; whoever is faster may still take it.</summary>
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
