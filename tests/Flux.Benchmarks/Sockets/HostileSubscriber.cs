using System.Net.WebSockets;
using System.Text;

namespace Flux.Benchmarks.Sockets;

/// <summary>A client whose predicate costs all that one may, and that subscribes again whenever the server has ended it.</summary>
internal sealed class HostileSubscriber : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly byte[] _message;
    private readonly byte[] _buffer = new byte[16 * 1024];
    private Task _running = Task.CompletedTask;
    private long _ended;

    private HostileSubscriber(string message)
    {
        _message = Encoding.UTF8.GetBytes(message);
        _socket.Options.AddSubProtocol("flux.v2");
    }

    /// <summary>Gets how often its subscription was ended because it costs too much.</summary>
    public long Ended => Volatile.Read(ref _ended);

    /// <summary>Gets what else the server said against it; null for nothing.</summary>
    public string? Failure { get; private set; }

    public static async Task<HostileSubscriber> OpenAsync(int port, string message, CancellationToken cancellationToken)
    {
        var subscriber = new HostileSubscriber(message);
        try
        {
            await subscriber._socket.ConnectAsync(
                new Uri(string.Create(CultureInfo.InvariantCulture, $"ws://127.0.0.1:{port}/api/ws")), cancellationToken);
            await subscriber.SubscribeAsync(cancellationToken);
            subscriber._running = subscriber.RunAsync();
            return subscriber;
        }
        catch
        {
            await subscriber.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _socket.Dispose();
        _stop.Dispose();
    }

    private Task SubscribeAsync(CancellationToken cancellationToken) =>
        _socket.SendAsync(_message, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);

    private async Task RunAsync()
    {
        try
        {
            while (await ReceiveAsync() is { } frame)
            {
                if (!frame.StartsWith("""{"type":"error""", StringComparison.Ordinal))
                {
                    continue;
                }

                if (!frame.Contains("expression_too_costly", StringComparison.Ordinal))
                {
                    Failure = frame;
                    return;
                }

                Volatile.Write(ref _ended, _ended + 1);
                await SubscribeAsync(_stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
        catch (WebSocketException e)
        {
            Failure = e.Message;
        }
    }

    private async Task<string?> ReceiveAsync()
    {
        var filled = 0;
        while (true)
        {
            var result = await _socket.ReceiveAsync(_buffer.AsMemory(filled), _stop.Token);
            if (result.MessageType == WebSocketMessageType.Close)
            {
                Failure = $"closed by the server: {_socket.CloseStatusDescription}";
                return null;
            }

            filled += result.Count;
            if (result.EndOfMessage)
            {
                return Encoding.UTF8.GetString(_buffer, 0, filled);
            }

            if (filled == _buffer.Length)
            {
                filled = 0; // a change with the long list: its beginning is not needed, and its end is no error either
            }
        }
    }
}
