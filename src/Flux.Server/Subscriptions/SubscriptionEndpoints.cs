using System.Net.WebSockets;
using Flux.Server.Hosting;
using Flux.Server.Namespaces;
using Flux.Server.Reference;
using Flux.Server.Subscriptions.V2;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Flux.Server.Subscriptions;

/// <summary>The socket endpoint.</summary>
internal static class SubscriptionEndpoints
{
    private const string Path = "/api/ws";

    // Nothing else selects the newer protocol: a message would come too late. Source: design, section 8.
    private const string NewerProtocol = "flux.v2";

    // Sockets end when their clients end them: nobody knows when, and asking is cheap.
    private const string RetryAfterSeconds = "5";

    // A client that does not read its close frame is not waited for any longer.
    private static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(5);

    // What waits for a slow client stands before its close frame, and it must see where to go on: 1 MiB at 35 KB a second.
    private static readonly TimeSpan SlowCloseTime = TimeSpan.FromSeconds(30);

    // With the period of the sweep less than the 5 s in which a socket ends whose token does.
    private static readonly TimeSpan TokenCloseTime = TimeSpan.FromSeconds(3);

    /// <summary>Prepares upgrades of the socket endpoint. It belongs before the endpoints, and before anything that reads the upgrade feature.</summary>
    public static IApplicationBuilder UseSubscriptions(this IApplicationBuilder app)
    {
        var options = app.ApplicationServices.GetRequiredService<IOptions<SubscriptionOptions>>().Value;
        var time = app.ApplicationServices.GetRequiredService<TimeProvider>();

        // Only there: the middleware adds two objects and a feature to each request that it sees.
        return app.UseWhen(static context => context.Request.Path == Path, sockets =>
        {
            sockets.Use((context, next) =>
            {
                if (context.Features.Get<IHttpUpgradeFeature>() is { } upgrade)
                {
                    context.Features.Set<IHttpUpgradeFeature>(new FramedUpgrade(upgrade, options.OutboxBytes, time));
                }

                return next(context);
            });
            sockets.UseWebSockets(new WebSocketOptions { KeepAliveInterval = options.PingInterval, KeepAliveTimeout = options.PingTimeout });
        });
    }

    /// <summary>Maps sockets and event streams.</summary>
    public static void MapSubscriptions(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(Path, HandleAsync).Describe(SubscriptionsReference.Socket);
        endpoints.MapEventStream().Describe(SubscriptionsReference.Stream);
    }

    private static async Task HandleAsync(
        HttpContext context,
        AccessControl access,
        ChangeDispatcher dispatcher,
        SubscriptionService subscriptions,
        TimeProvider time,
        IHostApplicationLifetime lifetime)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await Errors.WriteAsync(context, StatusCodes.Status400BadRequest, "invalid_request", "this address speaks WebSocket: upgrade the connection");
            return;
        }

        var rights = access.RightsOf(context.Request);
        if (AccessControl.WhyNotConnect(rights) is { } refusal)
        {
            await Errors.WriteAsync(context, refusal.Status, refusal.Code, refusal.Message);
            return;
        }

        var outbox = (context.Features.Get<IHttpUpgradeFeature>() as FramedUpgrade)?.Outbox
            ?? throw new InvalidOperationException("UseSubscriptions must come before the endpoints");
        var isNewer = context.WebSockets.WebSocketRequestedProtocols.Contains(NewerProtocol);
        using var connection = new Connection(isNewer ? ConnectionProtocol.Newer : ConnectionProtocol.Classic, outbox, context, rights);
        using var newer = isNewer ? new NewerMessages(connection, context.Request, access, dispatcher, subscriptions) : null;

        // Before the client hears that it is connected: it gets every change that is committed from then on.
        if (!dispatcher.TryAdd(connection))
        {
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
            await Errors.WriteAsync(context, StatusCodes.Status429TooManyRequests, ErrorCodes.RateLimited,
                "as many sockets are open with tokens of this namespace as may be");
            return;
        }

        try
        {
            SendBuffer.Bound(context);

            // Whatever else was offered, no subprotocol is chosen, and the socket is a classic one. Compression stays off.
            using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { SubProtocol = isNewer ? NewerProtocol : null });
            connection.OnOpened(ending => ThreadPool.UnsafeQueueUserWorkItem(_ => _ = EndAsync(socket, connection, ending, time), null));
            using var stopping = lifetime.ApplicationStopping.UnsafeRegister(_ => connection.Close(new CloseReason(CloseCode.GoingAway)), null);
            IMessageHandler handler = newer is null ? new ClassicMessages(connection, dispatcher) : newer;
            var receiver = new Receiver(socket, handler, time);
            if (await receiver.RunAsync(context.RequestAborted) is { } reason)
            {
                dispatcher.Remove(connection);
                await CloseAsync(socket, connection, reason, time);
                if (!receiver.HasPendingRead)
                {
                    await DrainAsync(context, socket, time);
                }
            }
            else if (socket.State == WebSocketState.CloseReceived)
            {
                dispatcher.Remove(connection);
                await CloseAsync(socket, connection, new CloseReason(socket.CloseStatus ?? WebSocketCloseStatus.NormalClosure), time);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            // The client has gone without a word, or was closed for breaking the protocol. Neither is the server's failure.
        }
        finally
        {
            dispatcher.Remove(connection);
            outbox.Close();
        }
    }

    private static async Task EndAsync(WebSocket socket, Connection connection, CloseReason reason, TimeProvider time)
    {
        await CloseAsync(socket, connection, reason, time);
        try
        {
            await Task.Delay(CloseTime, time, connection.Closed);
            connection.Abort(); // the client does not answer the close frame
        }
        catch (OperationCanceledException)
        {
            // It did.
        }
    }

    private static async Task CloseAsync(WebSocket socket, Connection connection, CloseReason reason, TimeProvider time)
    {
        try
        {
            var limit = reason.Code switch
            {
                CloseCode.TokenEnded or CloseCode.NamespaceClosed => TokenCloseTime,
                CloseCode.TooSlow => SlowCloseTime,
                _ => CloseTime,
            };
            await socket.CloseOutputAsync(reason.Code, reason.Text, CancellationToken.None).WaitAsync(limit, time);
        }
        catch (TimeoutException)
        {
            connection.Abort();
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // It closed by itself in the meantime.
        }
    }

    // A close frame sent while unread bytes remain would be lost in the reset that follows them.
    private static async Task DrainAsync(HttpContext context, WebSocket socket, TimeProvider time)
    {
        using var limit = new CancellationTokenSource(CloseTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.RequestAborted);
        var buffer = new byte[4096];
        while ((await socket.ReceiveAsync(buffer.AsMemory(), either.Token)).MessageType != WebSocketMessageType.Close)
        {
        }
    }
}
