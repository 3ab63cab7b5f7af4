using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace Flux.Client.Tests.Scripted;

/// <summary>The server's end of one socket.</summary>
public sealed class ScriptedSocket(WebSocket socket, HttpContext context)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<string?> _messages = Channel.CreateUnbounded<string?>(); // null is the client's close

    /// <summary>Gets the subprotocols that the client offered.</summary>
    public IList<string> Offered { get; } = context.WebSockets.WebSocketRequestedProtocols;

    /// <summary>Gets the header with the token.</summary>
    public string? Authorization { get; } = context.Request.Headers.Authorization;

    /// <summary>Gets or sets the name that <c>$sub</c> stands for in what is sent.</summary>
    public string Sub { get; set; } = string.Empty;

    /// <summary>Waits for the client's next message, which must be of a type.</summary>
    public async Task<JsonElement> ReceiveAsync(string type)
    {
        var text = await ReceiveAsync().InTime($"a message \"{type}\"");
        Assert.True(text is not null, $"the client closed with {socket.CloseStatus} instead of sending \"{type}\"");
        var message = JsonElement.Parse(text);
        Assert.Equal(type, message.GetProperty("type").GetString());
        return message;
    }

    /// <summary>Waits until the client closes.</summary>
    /// <returns>The close code.</returns>
    public async Task<int> ReceiveCloseAsync()
    {
        Assert.Null(await ReceiveAsync().InTime("a close"));
        return (int)socket.CloseStatus!;
    }

    /// <summary>Sends frames, each with <c>$sub</c> for the name of the subscription and <c>'</c> for quotes.</summary>
    public async Task SendAsync(params string[] frames)
    {
        foreach (var frame in frames)
        {
            var bytes = Encoding.UTF8.GetBytes(frame.Replace("$sub", $"'sub':'{Sub}'", StringComparison.Ordinal).Replace('\'', '"'));
            await socket.SendAsync(bytes, WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Sends a part of a frame.</summary>
    public Task SendPartAsync(string text, bool last) => socket.SendAsync(
        Encoding.UTF8.GetBytes(text.Replace('\'', '"')), WebSocketMessageType.Text, last, TestContext.Current.CancellationToken);

    /// <summary>Closes with a code.</summary>
    public async Task CloseAsync(int code, string reason)
    {
        await socket.CloseOutputAsync((WebSocketCloseStatus)code, reason, TestContext.Current.CancellationToken);
    }

    /// <summary>Lets it go as it is.</summary>
    public void Release() => _ended.TrySetResult();

    /// <summary>Cuts the connection without a word.</summary>
    public void Abort()
    {
        context.Abort();
        _ended.TrySetResult();
    }

    /// <summary>Reads what the client sends, and answers its close, until the connection or the test ends.</summary>
    internal async Task ServeAsync(CancellationToken cancellationToken)
    {
        var reading = ReadAsync(cancellationToken);
        await Task.WhenAny(reading, _ended.Task);
    }

    private Task<string?> ReceiveAsync() => _messages.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask();

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        var length = 0;
        try
        {
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    _messages.Writer.TryWrite(null);
                    await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, cancellationToken);
                    return;
                }

                length += part.Count;
                if (part.EndOfMessage)
                {
                    _messages.Writer.TryWrite(Encoding.UTF8.GetString(buffer, 0, length));
                    length = 0;
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            _messages.Writer.TryComplete(e); // a test that still waits for a message gets it
        }
    }
}
