using Flux.Core.Expressions;
using Flux.Core.Json;
using Flux.Server.Hosting;
using Flux.Server.Namespaces;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Flux.Server.Subscriptions.V2;

/// <summary>Server-sent events: one subscription over plain HTTP.</summary>
internal static class StreamEndpoint
{
    private const string Path = "/api/stream";

    // Proxies take a connection for dead that says nothing for a minute or less.
    private static readonly TimeSpan CommentPeriod = TimeSpan.FromSeconds(15);

    // To the client: how soon to connect again when the answer ends.
    private static readonly byte[] Hello = "retry: 1000\n\n"u8.ToArray();
    private static readonly byte[] Comment = ":\n\n"u8.ToArray();

    /// <summary>Maps the endpoint.</summary>
    public static IEndpointConventionBuilder MapEventStream(this IEndpointRouteBuilder endpoints) => endpoints.MapGet(Path, HandleAsync);

    private static async Task HandleAsync(
        HttpContext context,
        AccessControl access,
        ChangeDispatcher dispatcher,
        SubscriptionService subscriptions,
        IOptions<SubscriptionOptions> options,
        TimeProvider time,
        IHostApplicationLifetime lifetime)
    {
        var lastEventId = context.Request.Headers["Last-Event-ID"] is [{ Length: > 0 } id] ? id : null;
        var asked = Read(context.Request, lastEventId);
        var rights = access.RightsOf(context.Request);
        if (AccessControl.WhyNotConnect(rights) is { } refusal)
        {
            throw refusal.ToException();
        }

        access.RequireReadable(rights, asked.Scope);
        var outbox = new Outbox(options.Value.OutboxBytes);
        using var connection = new Connection(ConnectionProtocol.EventStream, outbox, context, rights);
        if (!dispatcher.TryAdd(connection))
        {
            throw new RequestRefusedException(StatusCodes.Status429TooManyRequests, ErrorCodes.RateLimited,
                "as many sockets are open with tokens of this namespace as may be");
        }

        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var subscription = new Subscription(connection, FrameVariant.ServerSentEvents, asked, _ => ended.TrySetResult());
        try
        {
            if (!dispatcher.TryCount(connection, asked.Scope.Count))
            {
                throw new RequestRefusedException(StatusCodes.Status429TooManyRequests, ErrorCodes.TooManySubscriptions,
                    "so many ids and prefixes cannot be subscribed to");
            }

            // What it is given before the answer has begun waits in the outbox.
            if (await subscriptions.StartAsync(subscription, asked.Start, context.RequestAborted) is { } head)
            {
                await WriteUnknownCursorAsync(context, head);
                return;
            }

            SendBuffer.Bound(context);
            context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            context.Response.ContentType = "text/event-stream";
            context.Response.Headers.CacheControl = "no-store";
            await context.Response.Body.WriteAsync(Hello, context.RequestAborted);
            outbox.Open(context.Response.Body);
            connection.OnOpened(_ => ended.TrySetResult());
            using var stopping = lifetime.ApplicationStopping.UnsafeRegister(_ => connection.Close(new CloseReason(CloseCode.GoingAway)), null);
            await KeepAliveAsync(outbox, ended.Task, time, context.RequestAborted);
            subscriptions.End(subscription);
            await outbox.WriteAsync(default).WaitAsync(CommentPeriod, time, context.RequestAborted); // what waits is for it still
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or TimeoutException)
        {
            connection.Abort(); // the client has gone, or does not read its last frames
        }
        finally
        {
            subscriptions.End(subscription);
            dispatcher.Remove(connection);
            await outbox.CloseAsync();
        }
    }

    private static SubscribeRequest Read(HttpRequest request, string? lastEventId)
    {
        try
        {
            return SubscribeRequestReader.Read(QueryParameters.Read(request, "entity", "prefix"), lastEventId);
        }
        catch (ExpressionException e)
        {
            throw new RequestRefusedException(StatusCodes.Status400BadRequest, ErrorCodes.InvalidExpression, $"where: {e.Message}");
        }
    }

    private static async Task KeepAliveAsync(Outbox outbox, Task ended, TimeProvider time, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await ended.WaitAsync(CommentPeriod, time, cancellationToken);
                return;
            }
            catch (TimeoutException)
            {
                outbox.OfferIfIdle(Comment);
            }
        }
    }

    private static async Task WriteUnknownCursorAsync(HttpContext context, Flux.Core.Subscriptions.Cursor head)
    {
        var json = JsonAnswer.Rent();
        JsonAnswer.Write(json, "{"u8);
        JsonAnswer.Write(json, "\"error\":\"the cursor is of another log, or lies beyond the head of this one\""u8);
        JsonAnswer.Write(json, ",\"code\":"u8);
        JsonWrite.String(json, ErrorCodes.CursorUnknown);
        Frames.WriteNumber(json, ",\"first\":"u8, 1);
        Frames.WriteNumber(json, ",\"position\":"u8, head.Position.Value);
        JsonAnswer.Write(json, ",\"cursor\":"u8);
        JsonWrite.String(json, head.ToString());
        JsonAnswer.Write(json, "}"u8);
        await JsonAnswer.SendAsync(context, StatusCodes.Status410Gone, json);
    }
}
