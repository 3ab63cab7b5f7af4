using System.Net.Sockets;

namespace Flux.Testing.Subscriptions;

/// <summary>Makes HTTP connections whose sockets stay in hand: to be read with a small buffer, and to be cut.</summary>
internal sealed class TcpTap : IDisposable
{
    // What a slow reader takes before it reads: small, so that what it does not read waits in the server. A segment of a loopback connection fits: into
    // less the system now and then drops one, and its sender, which believes in a loss, sends it again seconds after the reader has gone on.
    private const int SmallBuffer = 64 * 1024;

    private readonly SocketsHttpHandler _handler;
    private volatile Socket? _socket;

    public TcpTap(bool hasSmallBuffer)
    {
        _handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                if (hasSmallBuffer)
                {
                    socket.ReceiveBufferSize = SmallBuffer;
                }

                try
                {
                    await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }

                _socket = socket;
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        Invoker = new HttpMessageInvoker(_handler, disposeHandler: true);
    }

    public HttpMessageInvoker Invoker { get; }

    public void Cut()
    {
        if (_socket is { } socket)
        {
            try
            {
                socket.LingerState = new LingerOption(enable: true, seconds: 0); // a reset, and nothing in good order
                socket.Close();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // It has ended by itself meanwhile.
            }
        }
    }

    public void Dispose() => Invoker.Dispose();
}
