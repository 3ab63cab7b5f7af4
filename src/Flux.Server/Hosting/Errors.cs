using Flux.Core.Json;
using Microsoft.Net.Http.Headers;

namespace Flux.Server.Hosting;

/// <summary>Writes error answers: <c>{"error":"…","code":"…"}</c>, the one shape that all of them have.</summary>
internal static class Errors
{
    // When to ask again after a 503: most are over within a second, and a longer wait would only add to the outage.
    private const string RetryAfterSeconds = "1";

    // After this every limit is as if it had not been used. Source: wire-contract section 11.
    private const string RetryAfterLimitSeconds = "60";

    /// <summary>Answers with an error.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="code">One of <see cref="ErrorCodes"/>, or that of a refused event.</param>
    /// <param name="message">What is wrong and where, for a person.</param>
    public static Task WriteAsync(HttpContext context, int status, string code, string message) =>
        WriteAsync(context, status, code, message, more: default);

    /// <summary>Answers with an error that says more.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="code">One of <see cref="ErrorCodes"/>, or that of a refused event.</param>
    /// <param name="message">What is wrong and where, for a person.</param>
    /// <param name="more">More members in JSON, beginning with a comma.</param>
    public static Task WriteAsync(HttpContext context, int status, string code, string message, ReadOnlyMemory<byte> more)
    {
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.TryAdd(HeaderNames.RetryAfter, RetryAfterSeconds);
        }
        else if (status == StatusCodes.Status429TooManyRequests)
        {
            context.Response.Headers.TryAdd(HeaderNames.RetryAfter, RetryAfterLimitSeconds); // whoever knows better has said so
        }
        else if (status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        context.RequestServices.GetService<RefusalInstruments>()?.OnRefused(code); // none in the waiting room
        var json = JsonAnswer.Rent();
        JsonAnswer.Write(json, "{\"error\":"u8);
        JsonWrite.String(json, message);
        JsonAnswer.Write(json, ",\"code\":"u8);
        JsonWrite.String(json, code);
        JsonAnswer.Write(json, more.Span);
        JsonAnswer.Write(json, "}"u8);
        return JsonAnswer.SendAsync(context, status, json);
    }

    /// <summary>Answers a request that was refused.</summary>
    public static Task WriteAsync(HttpContext context, RequestRefusedException refusal)
    {
        if (refusal.ClosesConnection)
        {
            context.Response.Headers.Connection = "close";
        }

        return WriteAsync(context, refusal.Status, refusal.Code, refusal.Message);
    }
}
