using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Flux.Benchmarks.Load;

/// <summary>One kept-alive connection that has one request in flight at most and reads no more of the answer than it has to.</summary>
internal sealed class HttpConnection : IDisposable
{
    private const int StatusAt = 9;  // after "HTTP/1.1 "

    private readonly Socket _socket;
    private readonly int _port;
    private byte[] _buffer = new byte[16 * 1024];
    private int _bodyStart;
    private int _bodyLength;

    private HttpConnection(Socket socket, int port)
    {
        _socket = socket;
        _port = port;
    }

    /// <summary>Gets the body of the last answer; the next exchange overwrites it.</summary>
    public ReadOnlyMemory<byte> Body => _buffer.AsMemory(_bodyStart, _bodyLength);

    /// <summary>Gets the status line and the headers of the last answer; the next exchange overwrites them.</summary>
    public ReadOnlyMemory<byte> Head => _buffer.AsMemory(0, _bodyStart);

    public static async Task<HttpConnection> OpenAsync(int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellationToken);
            return new HttpConnection(socket, port);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public ValueTask<int> GetAsync(string path, CancellationToken cancellationToken) =>
        ExchangeAsync(
            Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{_port}\r\n\r\n")),
            cancellationToken);

    /// <summary>Sends a formatted request and returns the status of its answer.</summary>
    public async ValueTask<int> ExchangeAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        while (!request.IsEmpty)
        {
            request = request[await _socket.SendAsync(request, SocketFlags.None, cancellationToken)..];
        }

        var filled = 0;
        while (true)
        {
            if (filled == _buffer.Length)
            {
                Array.Resize(ref _buffer, _buffer.Length * 2);
            }

            var read = await _socket.ReceiveAsync(_buffer.AsMemory(filled), SocketFlags.None, cancellationToken);
            if (read == 0)
            {
                throw new IOException("The server closed the connection instead of answering.");
            }

            filled += read;
            if (IsComplete(_buffer.AsSpan(0, filled)))
            {
                return ((_buffer[StatusAt] - '0') * 100) + ((_buffer[StatusAt + 1] - '0') * 10) + (_buffer[StatusAt + 2] - '0');
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private bool IsComplete(ReadOnlySpan<byte> answer)
    {
        var headEnd = answer.IndexOf("\r\n\r\n"u8);
        if (headEnd < 0)
        {
            return false;
        }

        var head = answer[..headEnd];
        _bodyStart = headEnd + 4;
        _bodyLength = answer.Length - _bodyStart;
        var lengthAt = head.IndexOf("\r\nContent-Length: "u8);
        if (lengthAt >= 0)
        {
            return Utf8Parser.TryParse(head[(lengthAt + "\r\nContent-Length: ".Length)..], out int length, out _) && _bodyLength >= length;
        }

        // Without a length it is chunked, and with one request in flight the last chunk is the end of what there is.
        return answer.EndsWith("\r\n0\r\n\r\n"u8);
    }
}
