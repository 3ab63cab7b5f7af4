using System.Net;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.Grains;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Flux.Server.Hosting;

/// <summary>What every answer has in common: CORS, the preflight, JSON for every error. Source: wire-contract section 1.</summary>
internal sealed partial class HttpManners(RequestDelegate next, FluxSettings settings, ILogger<HttpManners> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        context.Response.Headers.AccessControlAllowOrigin = "*";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        if (HttpMethods.IsOptions(context.Request.Method))
        {
            AnswerPreflight(context);
            return;
        }

        try
        {
            if (HasTrailingSlash(context.Request))
            {
                await Errors.WriteAsync(context, StatusCodes.Status404NotFound, ErrorCodes.NotFound, "no such path");
                return;
            }

            if (settings.AllowedOrigins.Count > 0 && IsOfForbiddenOrigin(context.Request))
            {
                await Errors.WriteAsync(context, StatusCodes.Status403Forbidden, ErrorCodes.ForbiddenOrigin, "pages of this origin may read, not write or open sockets");
                return;
            }

            await next(context);
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            await AnswerAsync(context, e);
            return;
        }

        if (!context.Response.HasStarted && context.Response.StatusCode >= 400 && context.Response.ContentLength is null)
        {
            await DescribeAsync(context);
        }
    }

    // Only browsers send an origin, and a page cannot make it up. What a page may read with anybody's right is open to all anyway.
    private bool IsOfForbiddenOrigin(HttpRequest request)
    {
        var isReading = (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) && request.Headers.Upgrade.Count == 0;
        var origin = request.Headers.Origin;
        return !isReading && origin.Count > 0 && (origin.Count > 1 || !settings.AllowedOrigins.Contains(origin[0]!.ToLowerInvariant()));
    }

    // Two paths differ by a trailing slash for existing clients; the router takes them for one. Behind the entities everything is an id.
    private static bool HasTrailingSlash(HttpRequest request) =>
        request.Path.Value is { Length: > 1 } path && path.EndsWith('/')
        && (path.Length == Entities.EntityPath.Prefix.Length || !path.StartsWith(Entities.EntityPath.Prefix, StringComparison.OrdinalIgnoreCase));

    private static void AnswerPreflight(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        context.Response.Headers.AccessControlAllowMethods = "GET, POST, DELETE, OPTIONS";
        context.Response.Headers.AccessControlAllowHeaders = "authorization, content-type";
    }

    // Statuses that the web framework sets with an empty body.
    private static Task DescribeAsync(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => Errors.WriteAsync(context, StatusCodes.Status404NotFound, ErrorCodes.NotFound, "no such path"),
        StatusCodes.Status405MethodNotAllowed => Errors.WriteAsync(
            context, StatusCodes.Status405MethodNotAllowed, ErrorCodes.MethodNotAllowed, "the path is right, the method is not"),
        var status => Errors.WriteAsync(context, status, ErrorCodes.InvalidRequest, ((HttpStatusCode)status).ToString()),
    };

    private Task AnswerAsync(HttpContext context, Exception exception)
    {
        switch (exception)
        {
            case RequestRefusedException refusal:
                return Errors.WriteAsync(context, refusal);
            case EventRefusedException refusal:
                return Errors.WriteAsync(context, StatusCodes.Status400BadRequest, refusal.Code, refusal.Message);
            case BadHttpRequestException bad:
                var code = bad.StatusCode switch
                {
                    StatusCodes.Status408RequestTimeout => ErrorCodes.Timeout,
                    StatusCodes.Status413PayloadTooLarge => ErrorCodes.PayloadTooLarge,
                    _ => ErrorCodes.InvalidRequest,
                };
                context.Response.Headers.Connection = "close";
                return Errors.WriteAsync(context, bad.StatusCode, code, bad.Message);
            case EventLogUnavailableException unavailable:
                return Errors.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, unavailable.Code, unavailable.Message);
            case AppendOutcomeUnknownException unknown:
                return Errors.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, ErrorCodes.OutcomeUnknown, unknown.Message);
            case OperationCanceledException or ConnectionResetException or IOException when context.RequestAborted.IsCancellationRequested
                || exception is ConnectionResetException:
                // The client has gone: nobody is left to answer.
                context.Features.Get<IHttpRequestLifetimeFeature>()?.Abort();
                return Task.CompletedTask;
            case var _ when GrainCall.HasNoAnswer(exception):
                LogNoAnswer(exception, context.Request.Method);
                return Errors.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, ErrorCodes.OutcomeUnknown,
                    "no answer in time; the same event sent again with the same id settles it");
            case InvalidDataException damaged:
                LogDamaged(damaged, context.Request.Method);
                return Errors.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable, "the store is damaged: an operator must act");
            default:
                LogUnexpected(exception, context.Request.Method);
                return Errors.WriteAsync(context, StatusCodes.Status500InternalServerError, ErrorCodes.Internal, "internal error");
        }
    }

    [LoggerMessage(LogLevel.Error, "A {Method} request failed in an unexpected way")]
    private partial void LogUnexpected(Exception exception, string method);

    [LoggerMessage(LogLevel.Error, "A {Method} request met damage in the store: verify names it")]
    private partial void LogDamaged(Exception exception, string method);

    [LoggerMessage(LogLevel.Warning, "A {Method} request had no answer from its grain")]
    private partial void LogNoAnswer(Exception exception, string method);
}
