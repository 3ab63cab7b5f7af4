using System.Buffers;
using Flux.Core.Json;

namespace Flux.Server.Hosting;

/// <summary>Writes error answers.</summary>
internal static class Errors
{
    /// <summary>Answers with a status and one JSON object.</summary>
    public static Task WriteAsync(HttpContext context, int status, string code, string message)
    {
        var body = new ArrayBufferWriter<byte>();
        body.Write("{\"error\":"u8);
        JsonWrite.String(body, message);
        body.Write(",\"code\":"u8);
        JsonWrite.String(body, code);
        body.Write("}"u8);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.Body.WriteAsync(body.WrittenMemory, context.RequestAborted).AsTask();
    }
}
