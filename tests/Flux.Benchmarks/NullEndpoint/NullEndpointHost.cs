using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Unicode;

namespace Flux.Benchmarks.NullEndpoint;

/// <summary>The yardstick: Kestrel, the event parsed and checked, the same answer; no grain, no log, no fold, no push.</summary>
internal static class NullEndpointHost
{
    private const int MaxDepth = 128;

    private static long position;

    public static async Task RunAsync(int port, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();

        // As in Flux.Server's WebServerSetup.
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ListenAnyIP(port);
            kestrel.Limits.MaxRequestLineSize = 8 * 1024;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
            kestrel.Limits.MaxRequestHeaderCount = 100;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(8);
            kestrel.Limits.MaxRequestBodySize = null;
        });
        await using var app = builder.Build();
        app.Run(AnswerAsync);
        await app.RunAsync(cancellationToken);
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value;
        if (path is not ("/api/events" or "/api/events/batch"))
        {
            context.Response.StatusCode = path == "/health/ready" ? StatusCodes.Status200OK : StatusCodes.Status404NotFound;
            return;
        }

        var reader = context.Request.BodyReader;
        ReadResult body;
        while (!(body = await reader.ReadAsync(context.RequestAborted)).IsCompleted)
        {
            reader.AdvanceTo(body.Buffer.Start, body.Buffer.End);
        }

        var answer = new ArrayBufferWriter<byte>(256);
        var valid = path == "/api/events" ? One(body.Buffer, answer) : Many(body.Buffer, answer);
        reader.AdvanceTo(body.Buffer.End);
        context.Response.StatusCode = valid ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = valid ? answer.WrittenCount : 0;
        if (valid)
        {
            context.Response.BodyWriter.Write(answer.WrittenSpan);
        }
    }

    private static bool One(ReadOnlySequence<byte> body, ArrayBufferWriter<byte> answer)
    {
        var json = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
        if (!json.Read() || NullEventReader.Read(ref json) is not { } stream)
        {
            return false;
        }

        Row(answer, stream, error: []);
        return true;
    }

    private static bool Many(ReadOnlySequence<byte> body, ArrayBufferWriter<byte> answer)
    {
        var json = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
        while (json.Read() && json.TokenType != JsonTokenType.StartArray)
        {
        }

        var rows = new ArrayBufferWriter<byte>(16 * 1024);
        var count = 0;
        while (json.Read() && json.TokenType == JsonTokenType.StartObject)
        {
            if (NullEventReader.Read(ref json) is not { } stream)
            {
                return false;
            }

            if (count > 0)
            {
                rows.Write(","u8);
            }

            Row(rows, stream, error: ",\"error\":null"u8);
            count++;
        }

        Utf8.TryWrite(answer.GetSpan(256), $"{{\"successful\":{count},\"failed\":0,\"results\":[", out var written);
        answer.Advance(written);
        answer.Write(rows.WrittenSpan);
        answer.Write("]}"u8);
        return count > 0;
    }

    private static void Row(ArrayBufferWriter<byte> to, string stream, ReadOnlySpan<byte> error)
    {
        const int Longest = 512;
        var number = Interlocked.Increment(ref position);
        Utf8.TryWrite(to.GetSpan(Longest + stream.Length), $"{{\"eventId\":\"{Guid.CreateVersion7()}\",\"stream\":\"{stream}\"", out var written);
        to.Advance(written);
        to.Write(error);
        Utf8.TryWrite(to.GetSpan(Longest), $",\"position\":{number},\"version\":{number}}}", out written);
        to.Advance(written);
    }
}
