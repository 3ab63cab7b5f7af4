using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Flux.Testing.Raw;

/// <summary>One TCP connection that sends exactly the bytes it is given and reads exactly the answers that come.</summary>
internal sealed class RawHttp : IAsyncDisposable
{
    /// <summary>How long anything is waited for before it is called hung: far above any limit, because the machine may be busy.</summary>
    public static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private readonly Socket _socket;
    private byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;
    private long _received;
    private string _ending = "the server has sent all it had";

    private RawHttp(Socket socket) => _socket = socket;

    /// <summary>Gets or sets the header line that writing requests get which bring no token of their own; null for none.</summary>
    public string? Signature { get; set; }

    /// <summary>Gets or sets what judges how long an answer takes, by the bytes of both; null for nothing but <see cref="Guard"/>.</summary>
    public Func<Task, Func<long>, Task>? Judge { get; set; }

    public static async Task<RawHttp> ConnectAsync(int port, int? receiveBuffer = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (receiveBuffer is { } size)
            {
                socket.ReceiveBufferSize = size;
            }

            await socket.ConnectAsync(IPAddress.Loopback, port).WaitAsync(Guard);
            return new RawHttp(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        bytes = Signature is null ? bytes : RawRequest.Sign(bytes, Signature);
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None)..];
        }
    }

    /// <summary>Sends as far as the server reads: that it hangs up in the middle shows in the answer.</summary>
    /// <returns>Whether all was sent.</returns>
    public async Task<bool> TrySendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await SendAsync(bytes);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Says that no more bytes will come (FIN) and goes on reading.</summary>
    public void FinishSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Ends the connection with a reset instead of a farewell.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Dispose();
    }

    /// <summary>Sends a request and reads its answer; the two overlap, so that neither side waits for the other.</summary>
    public async Task<RawAnswer> ExchangeAsync(ReadOnlyMemory<byte> request) =>
        await TryExchangeAsync(request) ?? throw new IOException($"The connection was closed without an answer to {Shown(request)}");

    /// <summary>As <see cref="ExchangeAsync"/>; null when the connection is closed instead.</summary>
    public async Task<RawAnswer?> TryExchangeAsync(ReadOnlyMemory<byte> request)
    {
        var before = _received - request.Length;
        var sending = TrySendAsync(request);
        var withoutBody = request.Span.StartsWith("HEAD "u8);
        try
        {
            var reading = ReadAnswerAsync(withoutBody);
            if (Judge is not null)
            {
                await Judge(reading, () => _received - before);
            }

            var answer = await reading.WaitAsync(Guard);
            if (answer is not null && await Task.WhenAny(sending, Task.Delay(Guard, TimeProvider.System)) != sending)
            {
                throw new TimeoutException($"The server answered {answer} but stopped reading {Shown(request)}");
            }

            return answer;
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"No whole answer within {Guard} to {Shown(request)}", e);
        }
    }

    /// <summary>Reads one answer, a 1xx one too; null when the connection ends before its first byte.</summary>
    public async Task<RawAnswer?> ReadAnswerAsync(bool withoutBody = false)
    {
        var head = await ReadHeadAsync();
        if (head is null)
        {
            return null;
        }

        var lines = head.Split("\r\n");
        var first = lines[0].Split(' ', 3);
        var status = int.Parse(first[1], CultureInfo.InvariantCulture);
        var headers = lines[1..].Select(l => l.Split(':', 2)).Select(p => (Name: p[0], Value: p[1].Trim())).ToList();
        var answer = new RawAnswer(status, first.Length > 2 ? first[2] : "", headers, []);
        if (withoutBody || status is 204 or 304 or < 200)
        {
            return answer;
        }

        if (answer.Header("Transfer-Encoding") is not null)
        {
            return answer with { Body = await ReadChunkedAsync() };
        }

        if (answer.Header("Content-Length") is { } length)
        {
            return answer with { Body = await TakeAsync(int.Parse(length, CultureInfo.InvariantCulture)) };
        }

        while (await FillAsync())
        {
        }

        return answer with { Body = await TakeAsync(_end - _start) };
    }

    /// <summary>Reads until the server has closed the connection; the bytes that came before are returned.</summary>
    public async Task<byte[]> ReadToCloseAsync(TimeSpan? limit = null)
    {
        async Task<byte[]> ReadAsync()
        {
            while (await FillAsync())
            {
            }

            return await TakeAsync(_end - _start);
        }

        try
        {
            return await ReadAsync().WaitAsync(limit ?? Guard);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"The server did not close the connection within {limit ?? Guard}", e);
        }
    }

    /// <summary>Reads what comes until nothing has come for a while, or the connection ends. The connection is of no more use then.</summary>
    public async Task<byte[]> ReadUntilQuietAsync(TimeSpan quiet)
    {
        Task<bool> filling;
        do
        {
            filling = FillAsync();
        }
        while (await Task.WhenAny(filling, Task.Delay(quiet, TimeProvider.System)) == filling && await filling);
        return _buffer[_start.._end];
    }

    /// <summary>Waits until there is something to read, and reads nothing of it.</summary>
    public async Task WaitForBytesAsync()
    {
        if (_end == _start)
        {
            await _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None).AsTask().WaitAsync(Guard);
        }
    }

    /// <summary>Takes exactly so many bytes; for what is not HTTP any more.</summary>
    /// <exception cref="EndOfStreamException">The connection ended before.</exception>
    public async Task<byte[]> TakeAsync(int count)
    {
        while (_end - _start < count)
        {
            if (!await FillAsync())
            {
                throw new EndOfStreamException($"The connection ended after {_end - _start} of {count} bytes: {_ending}");
            }
        }

        var taken = _buffer.AsSpan(_start, count).ToArray();
        _start += count;
        return taken;
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string Shown(ReadOnlyMemory<byte> request)
    {
        var shown = Encoding.Latin1.GetString(request.Span[..Math.Min(request.Length, 200)]);
        return shown.ReplaceLineEndings("⏎");
    }

    private async Task<string?> ReadHeadAsync()
    {
        while (true)
        {
            var end = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                var head = Encoding.Latin1.GetString(_buffer, _start, end);
                _start += end + 4;
                return head;
            }

            if (!await FillAsync())
            {
                return _end == _start
                    ? null
                    : throw new EndOfStreamException($"Half an answer: {Encoding.Latin1.GetString(_buffer, _start, _end - _start)}");
            }
        }
    }

    private async Task<byte[]> ReadChunkedAsync()
    {
        using var body = new MemoryStream();
        while (true)
        {
            var size = int.Parse(await ReadLineAsync(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            body.Write(await TakeAsync(size));
            await ReadLineAsync();
            if (size == 0)
            {
                return body.ToArray();
            }
        }
    }

    private async Task<string> ReadLineAsync()
    {
        int end;
        while ((end = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n"u8)) < 0)
        {
            if (!await FillAsync())
            {
                throw new EndOfStreamException("The connection ended inside a chunk");
            }
        }

        var line = Encoding.Latin1.GetString(_buffer, _start, end);
        _start += end + 2;
        return line;
    }

    /// <summary>Reads some more; false at the end, of which a reset is one.</summary>
    private async Task<bool> FillAsync()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        try
        {
            var read = await _socket.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None);
            _end += read;
            _received += read;
            return read > 0;
        }
        catch (SocketException e)
        {
            _ending = e.Message;
            return false;
        }
        catch (ObjectDisposedException)
        {
            _ending = "it was closed here";
            return false;
        }
    }
}
