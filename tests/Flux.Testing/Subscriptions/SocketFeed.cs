using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;
using Flux.Testing.Load;

namespace Flux.Testing.Subscriptions;

/// <summary>A socket that speaks <c>flux.v2</c>.</summary>
internal sealed class SocketFeed : ISubscriptionFeed
{
    private const string Subprotocol = "flux.v2";

    private readonly ClientWebSocket _socket = new();
    private readonly ArrayBufferWriter<byte> _message = new(4096);
    private readonly TcpTap _tap;

    private SocketFeed(TcpTap tap) => _tap = tap;

    public FeedEnding Ending { get; private set; } = FeedEnding.Unexplained;

    public static async Task<SocketFeed> ConnectAsync(Uri server, LoadToken? token, bool hasSmallBuffer, CancellationToken cancellationToken)
    {
        var feed = new SocketFeed(new TcpTap(hasSmallBuffer));
        try
        {
            feed._socket.Options.AddSubProtocol(Subprotocol);
            if (token is not null)
            {
                feed._socket.Options.SetRequestHeader("Authorization", token.ToHeader().ToString());
            }

            await feed._socket.ConnectAsync(new UriBuilder(server) { Scheme = "ws", Path = "/api/ws" }.Uri, feed._tap.Invoker, cancellationToken);
            return feed._socket.SubProtocol == Subprotocol ? feed : throw new WebSocketException($"{server} does not speak {Subprotocol}");
        }
        catch
        {
            await feed.DisposeAsync();
            throw;
        }
    }

    public Task SubscribeAsync(SubscriptionDescription about, SubscriptionStart start, CancellationToken cancellationToken)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteString("type", "subscribe");
            json.WriteString("sub", about.Name);
            WriteNames(json, "entity", about.Scope.Entities);
            WriteNames(json, "prefix", about.Scope.Prefixes);
            if (start.Position is { } position)
            {
                json.WriteNumber("from", position);
            }
            else
            {
                json.WriteString("from", start.Text);
            }

            if (about.Predicate is { } predicate)
            {
                json.WriteString("where", predicate.Text);
            }

            if (about.Slow != SlowReading.CatchUp)
            {
                json.WriteString("slow", about.Slow == SlowReading.Conflate ? "conflate" : "disconnect");
            }

            if (about.Progress)
            {
                json.WriteBoolean("progress", value: true);
            }

            json.WriteEndObject();
        }

        return _socket.SendAsync(output.WrittenMemory, WebSocketMessageType.Text, endOfMessage: true, cancellationToken).AsTask();
    }

    public async ValueTask<FeedItem?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveAsync(_message.GetMemory(4096), cancellationToken);
                _message.Advance(received.Count);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    Ending = new FeedEnding((int?)_socket.CloseStatus, _socket.CloseStatusDescription ?? string.Empty);
                    await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, cancellationToken);
                    return null;
                }

                if (received.EndOfMessage)
                {
                    var raw = _message.WrittenSpan.ToArray();
                    _message.ResetWrittenCount();
                    return new FeedItem(raw, Event: null);
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException)
        {
            return null; // cut off: the ending has no code, or the one that had come
        }
    }

    public void Cut() => _tap.Cut();

    public ValueTask DisposeAsync()
    {
        _socket.Abort();
        _socket.Dispose();
        _tap.Dispose();
        return ValueTask.CompletedTask;
    }

    private static void WriteNames(Utf8JsonWriter json, string member, IReadOnlyList<string> names)
    {
        switch (names.Count)
        {
            case 0:
                break;
            case 1:
                json.WriteString(member, names[0]);
                break;
            default:
                json.WriteStartArray(member);
                foreach (var name in names)
                {
                    json.WriteStringValue(name);
                }

                json.WriteEndArray();
                break;
        }
    }
}
