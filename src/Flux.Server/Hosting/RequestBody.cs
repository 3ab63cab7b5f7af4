using System.Buffers;
using System.IO.Pipelines;

namespace Flux.Server.Hosting;

/// <summary>A request's body, whole and in one piece, until it is disposed.</summary>
internal readonly struct RequestBody : IDisposable
{
    // What a client announces is not what it sends: room grows with what has come.
    private const int FirstRent = 64 * 1024;

    private readonly PipeReader? _pipe;
    private readonly SequencePosition _end;
    private readonly byte[]? _rented;

    private RequestBody(PipeReader? pipe, SequencePosition end, byte[]? rented, ReadOnlyMemory<byte> bytes)
    {
        _pipe = pipe;
        _end = end;
        _rented = rented;
        Bytes = bytes;
    }

    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Reads the body.</summary>
    /// <param name="request">The request.</param>
    /// <param name="limit">The most bytes; exactly as many are allowed.</param>
    /// <exception cref="RequestRefusedException">It is longer, compressed, or broken off.</exception>
    public static async ValueTask<RequestBody> ReadAsync(HttpRequest request, long limit)
    {
        if (request.ContentLength > limit)
        {
            throw TooLarge(limit);
        }

        if (request.Headers.ContentEncoding is { Count: > 0 } encoding && !string.Equals(encoding, "identity", StringComparison.OrdinalIgnoreCase))
        {
            throw new RequestRefusedException(StatusCodes.Status415UnsupportedMediaType, ErrorCodes.UnsupportedEncoding,
                "Content-Encoding: compressed bodies are not read; send it as it is", closesConnection: true);
        }

        var pipe = request.BodyReader;
        var read = await ReadPipeAsync(pipe, request);
        var buffer = read.Buffer;
        if (buffer.IsSingleSegment && buffer.Length <= limit && (read.IsCompleted || buffer.Length == request.ContentLength))
        {
            // Nearly always: the body came with its headers, and is parsed where the socket has put it.
            return new RequestBody(pipe, buffer.End, rented: null, buffer.First);
        }

        return await GatherAsync(pipe, request, read, limit);
    }

    public void Dispose()
    {
        _pipe?.AdvanceTo(_end);
        if (_rented is not null)
        {
            ArrayPool<byte>.Shared.Return(_rented);
        }
    }

    private static async ValueTask<RequestBody> GatherAsync(PipeReader pipe, HttpRequest request, ReadResult read, long limit)
    {
        var rented = ArrayPool<byte>.Shared.Rent((int)Math.Min(request.ContentLength ?? FirstRent, FirstRent));
        try
        {
            var length = 0;
            while (true)
            {
                var buffer = read.Buffer;
                var total = length + buffer.Length;
                if (total > limit)
                {
                    pipe.AdvanceTo(buffer.End);
                    throw TooLarge(limit);
                }

                if (total > rented.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(limit, Math.Max(total, rented.Length * 2L)));
                    rented.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(rented);
                    rented = larger;
                }

                buffer.CopyTo(rented.AsSpan(length));
                length = (int)total;
                pipe.AdvanceTo(buffer.End);
                if (read.IsCompleted)
                {
                    return new RequestBody(pipe: null, default, rented, rented.AsMemory(0, length));
                }

                read = await ReadPipeAsync(pipe, request);
            }
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(rented);
            throw;
        }
    }

    private static async ValueTask<ReadResult> ReadPipeAsync(PipeReader pipe, HttpRequest request)
    {
        try
        {
            return await pipe.ReadAsync(request.HttpContext.RequestAborted);
        }
        catch (Exception e) when (e is InvalidOperationException or OverflowException or FormatException)
        {
            // What the web server throws for a chunk size of seventeen digits, for one.
            throw new RequestRefusedException(StatusCodes.Status400BadRequest, ErrorCodes.InvalidRequest,
                "the body's transfer coding is broken", closesConnection: true);
        }
    }

    private static RequestRefusedException TooLarge(long limit) =>
        new(StatusCodes.Status413PayloadTooLarge, ErrorCodes.PayloadTooLarge, $"payload too large: at most {limit} bytes", closesConnection: true);
}
