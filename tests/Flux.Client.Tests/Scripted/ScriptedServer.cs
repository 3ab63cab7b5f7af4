using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Flux.Client.Tests.Scripted;

/// <summary>
/// A server that does what a test says: each socket that a client opens is handed to the test, which reads and writes its frames.
/// </summary>
public sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<ScriptedSocket> _sockets = Channel.CreateUnbounded<ScriptedSocket>();
    private readonly ConcurrentQueue<int> _refusals = new();

    private ScriptedServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.Zero });
        _app.Map("/api/ws", ServeAsync);
    }

    /// <summary>Gets where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Gets or sets the subprotocol that it speaks; null for none.</summary>
    public string? Subprotocol { get; set; } = "flux.v2";

    /// <summary>Gets how many upgrades it was asked for.</summary>
    public int Upgrades { get; private set; }

    /// <summary>Starts one.</summary>
    public static async Task<ScriptedServer> StartAsync()
    {
        var server = new ScriptedServer();
        await server._app.StartAsync(TestContext.Current.CancellationToken);
        var addresses = server._app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
        server.Address = new Uri(addresses.Single());
        return server;
    }

    /// <summary>Answers the next upgrade that is not refused yet with a status.</summary>
    public void Refuse(int status) => _refusals.Enqueue(status);

    /// <summary>Waits for the next socket.</summary>
    public Task<ScriptedSocket> AcceptAsync() => _sockets.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().InTime("a socket");

    /// <summary>Waits for the next socket and for the message that subscribes on it.</summary>
    public async Task<ScriptedSocket> AcceptSubscriptionAsync(string from)
    {
        var socket = await AcceptAsync();
        var message = await socket.ReceiveAsync("subscribe");
        Assert.Equal(from, message.GetProperty("from").ToString());
        socket.Sub = message.GetProperty("sub").GetString()!;
        return socket;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _sockets.Writer.TryComplete();
        while (_sockets.Reader.TryRead(out var socket))
        {
            socket.Release();
        }

        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task ServeAsync(HttpContext context)
    {
        Upgrades++;
        if (_refusals.TryDequeue(out var status))
        {
            context.Response.StatusCode = status;
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync(Subprotocol);
        var scripted = new ScriptedSocket(socket, context);
        if (_sockets.Writer.TryWrite(scripted))
        {
            await scripted.ServeAsync(context.RequestAborted);
        }
    }
}
