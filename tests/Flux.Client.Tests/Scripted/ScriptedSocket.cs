using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Flux.Client.Tests.Scripted;

/// <summary>The server's end of one socket.</summary>
public sealed class ScriptedSocket(WebSocket socket, HttpContext context)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _buffer = new byte[64 * 1024];

    /// <summary>Gets the subprotocols that the client offered.</summary>
    public IList<string> Offered { get; } = context.WebSockets.WebSocketRequestedProtocols;

    /// <summary>Gets the header with the token.</summary>
    public string? Authorization { get; } = context.Request.Headers.Authorization;

    /// <summary>Gets or sets the name that <c>$sub</c> stands for in what is sent.</summary>
    public string Sub { get; set; } = string.Empty;

    /// <summary>Gets what ends when the test is done with it.</summary>
    internal Task Ended => _ended.Task;

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
        _ended.TrySetResult();
    }

    /// <summary>Cuts the connection without a word.</summary>
    public void Abort()
    {
        context.Abort();
        _ended.TrySetResult();
    }

    private async Task<string?> ReceiveAsync()
    {
        var length = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(_buffer.AsMemory(length), TestContext.Current.CancellationToken);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            length += part.Count;
            if (part.EndOfMessage)
            {
                return Encoding.UTF8.GetString(_buffer, 0, length);
            }
        }
    }
}
