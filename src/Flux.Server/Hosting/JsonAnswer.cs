using System.Buffers;

namespace Flux.Server.Hosting;

/// <summary>Answers that are written as bytes, with their length known before the first goes out.</summary>
internal static class JsonAnswer
{
    /// <summary>The length at which a part of a long answer is sent, so that it never stands in memory whole.</summary>
    public const int FlushBytes = 64 * 1024;

    // A larger one is left to the collector, so that one big answer does not stay with its thread for ever.
    private const int MaxKept = 64 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_buffer;

    /// <summary>Gets this thread's buffer, empty. It must reach <see cref="SendAsync"/> without an await in between.</summary>
    public static ArrayBufferWriter<byte> Rent()
    {
        if (t_buffer is null || t_buffer.Capacity > MaxKept)
        {
            t_buffer = new ArrayBufferWriter<byte>(512);
        }

        t_buffer.ResetWrittenCount();
        return t_buffer;
    }

    /// <summary>Adds ready-made JSON.</summary>
    public static void Write(ArrayBufferWriter<byte> json, ReadOnlySpan<byte> text)
    {
        text.CopyTo(json.GetSpan(text.Length));
        json.Advance(text.Length);
    }

    /// <summary>Sends the answer. The buffer is copied before this returns.</summary>
    public static Task SendAsync(HttpContext context, int status, ArrayBufferWriter<byte> json)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.ContentLength = json.WrittenCount;
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return Task.CompletedTask;
        }

        // No token: a connection that has gone takes the bytes and drops them, and asking for the request's token makes one.
        var sent = response.BodyWriter.WriteAsync(json.WrittenMemory, CancellationToken.None);
        return sent.IsCompletedSuccessfully ? Task.CompletedTask : sent.AsTask();
    }
}
