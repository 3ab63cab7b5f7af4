using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Flux.Testing.Processes;

/// <summary>Picks ports that nobody listens on.</summary>
public static class FreePort
{
    // Below those that Linux gives to clients: any connection could take one of them between here and the start of the server that it is for.
    private const int First = 10_000;
    private const int End = 32_768;

    private static readonly HashSet<int> Given = [];

    /// <summary>Picks a port that is free now and was not given to anyone in this process before.</summary>
    /// <returns>The port. Another process may still take it: start again with another one then.</returns>
    public static int Next()
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(First, End);
            lock (Given)
            {
                if (!Given.Add(port))
                {
                    continue;
                }
            }

            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Somebody listens there.
            }
        }
    }
}
