using System.Net;
using System.Net.Sockets;

namespace Flux.Testing.Processes;

/// <summary>Picks ports that nobody listens on.</summary>
public static class FreePort
{
    private static readonly HashSet<int> Given = [];

    /// <summary>Picks a port that is free now and was not given to anyone in this process before.</summary>
    /// <returns>The port. Another process may still take it: start again with another one then.</returns>
    public static int Next()
    {
        while (true)
        {
            using var listener = new TcpListener(IPAddress.Loopback, port: 0);
            listener.Start();
            var port = ((IPEndPoint)listener.LocalEndpoint).Port;
            lock (Given)
            {
                if (Given.Add(port))
                {
                    return port;
                }
            }
        }
    }
}
