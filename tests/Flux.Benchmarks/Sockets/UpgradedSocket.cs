using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Flux.Benchmarks.Sockets;

/// <summary>Opens connections and makes WebSockets of them.</summary>
internal static class UpgradedSocket
{
    // Each source address has about 28,000 ports.
    private const int SocketsPerAddress = 5000;

    /// <summary>Gets the source address of one socket among many.</summary>
    public static IPAddress SourceOf(int number) => new([127, 0, 0, (byte)(1 + (number / SocketsPerAddress))]);

    /// <summary>Opens a socket and reads the answer to its upgrade into the buffer.</summary>
    /// <param name="port">The server's port at the loopback address.</param>
    /// <param name="source">Where it comes from.</param>
    /// <param name="protocol">What the upgrade offers.</param>
    /// <param name="buffer">Takes the answer, and then what had come behind it.</param>
    /// <param name="kernelBufferSize">How much the kernel keeps of what was not read, in bytes; null leaves that to it.</param>
    /// <param name="cancellationToken">Stops waiting and closes the socket.</param>
    /// <returns>The socket, and how many bytes of frames are in the buffer already.</returns>
    /// <exception cref="BenchmarkException">The upgrade was refused.</exception>
    public static async Task<(Socket Socket, int Filled)> OpenAsync(
        int port, IPAddress source, SubscriptionProtocol protocol, byte[] buffer, int? kernelBufferSize, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (kernelBufferSize is { } size)
            {
                socket.ReceiveBufferSize = size;
            }

            socket.Bind(new IPEndPoint(source, 0));
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellationToken);
            await socket.SendAsync(Request(port, protocol), SocketFlags.None, cancellationToken);
            return (socket, await ReadAnswerAsync(socket, buffer, cancellationToken));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static byte[] Request(int port, SubscriptionProtocol protocol) => Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"GET /api/ws HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n{(protocol == SubscriptionProtocol.Newer ? "Sec-WebSocket-Protocol: flux.v2\r\n" : "")}Sec-WebSocket-Key: {Convert.ToBase64String(Guid.NewGuid().ToByteArray())}\r\n\r\n"));

    private static async Task<int> ReadAnswerAsync(Socket socket, byte[] buffer, CancellationToken cancellationToken)
    {
        var filled = 0;
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(filled), SocketFlags.None, cancellationToken);
            filled += read;
            var end = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                if (!buffer.AsSpan().StartsWith("HTTP/1.1 101"u8))
                {
                    throw new BenchmarkException($"The upgrade was refused: {Encoding.ASCII.GetString(buffer, 0, end)}");
                }

                // Frames may follow at once.
                buffer.AsSpan((end + 4)..filled).CopyTo(buffer);
                return filled - end - 4;
            }

            if (read == 0 || filled == buffer.Length)
            {
                throw new IOException("The server closed the connection instead of upgrading it.");
            }
        }
    }
}
