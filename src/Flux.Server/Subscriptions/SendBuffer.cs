using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;

namespace Flux.Server.Subscriptions;

/// <summary>Bounds what the operating system keeps for a client that reads slowly.</summary>
/// <remarks>
/// Left to itself it keeps megabytes. A ping stands behind all of them, so that a client which takes longer to read them than a pong may take would be cut for
/// dead; and a slow client would be noticed late.
/// </remarks>
internal static class SendBuffer
{
    // The kernel doubles it. At 20 KB/s it is read within the time of a pong; at 100 ms of round trip it lets 2.6 MB/s through.
    private const int Bytes = 128 * 1024;

    /// <summary>Bounds the buffer of a request's connection.</summary>
    public static void Bound(HttpContext context)
    {
        if (context.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket)
        {
            try
            {
                socket.SendBufferSize = Bytes;
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The connection has gone; whoever writes next will see it.
            }
        }
    }
}
