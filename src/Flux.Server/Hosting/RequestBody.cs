using System.Buffers;
using System.IO.Pipelines;
using Flux.Server.Limits;

namespace Flux.Server.Hosting;

/// <summary>A request's body, whole and in one piece, until it is disposed.</summary>
internal readonly struct RequestBody : IDisposable
{
    // What a client announces is not what it sends: room grows with what has come.
    private const int FirstRent = 64 * 1024;

    // A body that does not come in one piece has to bring so much in every such time, and this share of the room that it has: a few that hold the room of
    // all must not trickle for hours. The web server's own limit is an average from the start, so a body that begins fast could stand still for an hour.
    private const int LeastBytes = 1_200;
    private const int LeastShare = 128;
    private static readonly TimeSpan LeastBytesTime = TimeSpan.FromSeconds(5);

    private readonly PipeReader? _pipe;
    private readonly SequencePosition _end;
    private readonly BodyRoom? _room;
    private readonly byte[]? _rented;

    // Where the socket has put it.
    private RequestBody(PipeReader pipe, SequencePosition end, ReadOnlyMemory<byte> bytes)
    {
        _pipe = pipe;
        _end = end;
        Bytes = bytes;
    }

    // Gathered from pieces.
    private RequestBody(BodyRoom room, byte[] rented, int length)
    {
        _room = room;
        _rented = rented;
        Bytes = rented.AsMemory(0, length);
    }

    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Reads the body.</summary>
    /// <param name="request">The request.</param>
    /// <param name="limit">The most bytes; exactly as many are allowed.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="RequestRefusedException">It is longer, compressed, broken, comes too slowly, or too many others are being read.</exception>
    public static async ValueTask<RequestBody> ReadAsync(HttpRequest request, long limit, TimeProvider time)
    {
        if (request.ContentLength > limit)
        {
            throw TooLarge(limit);
        }

        if (request.Headers.ContentEncoding is { Count: > 0 } encoding && !string.Equals(encoding, "identity", StringComparison.OrdinalIgnoreCase))
        {
            throw new RequestRefusedException(StatusCodes.Status415UnsupportedMediaType, ErrorCodes.UnsupportedEncoding,
                "Content-Encoding: compressed bodies are not read; send it as it is");
        }

        var pipe = request.BodyReader;
        if (!TryReadPipe(pipe, out var read))
        {
            read = await ReadPipeAsync(pipe, request.HttpContext.RequestAborted);
        }

        var buffer = read.Buffer;
        if (buffer.IsSingleSegment && buffer.Length <= limit && (read.IsCompleted || buffer.Length == request.ContentLength))
        {
            // Nearly always: the body came with its headers, and is parsed where the socket has put it.
            return new RequestBody(pipe, buffer.End, buffer.First);
        }

        return await GatherAsync(pipe, request, read, limit, time);
    }

    public void Dispose()
    {
        _pipe?.AdvanceTo(_end);
        if (_rented is not null)
        {
            Return(_room!, _rented);
        }
    }

    private static async ValueTask<RequestBody> GatherAsync(
        PipeReader pipe, HttpRequest request, ReadResult read, long limit, TimeProvider time)
    {
        var room = request.HttpContext.RequestServices.GetRequiredService<BodyRoom>();
        byte[] rented = [];
        using var stalled = new CancellationTokenSource(LeastBytesTime, time);

        // Not by a token: a read that a token has ended counts as going on for ever, and the web server, which reads the rest, reports that as an error.
        using var onStalled = stalled.Token.UnsafeRegister(static reader => ((PipeReader)reader!).CancelPendingRead(), pipe);
        try
        {
            var (length, counted) = (0, 0);
            while (true)
            {
                var buffer = read.Buffer;
                if (read.IsCanceled)
                {
                    pipe.AdvanceTo(buffer.End);
                    throw new RequestRefusedException(
                        StatusCodes.Status408RequestTimeout, ErrorCodes.Timeout, "the body came too slowly", closesConnection: true);
                }

                var total = length + buffer.Length;
                if (total > limit)
                {
                    pipe.AdvanceTo(buffer.End);
                    throw TooLarge(limit);
                }

                if (total > rented.Length)
                {
                    var wanted = rented.Length == 0 ? Math.Min(request.ContentLength ?? FirstRent, FirstRent) : rented.Length * 2L;
                    var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(limit, Math.Max(total, wanted)));
                    if (!room.TryGrow(rented.Length, larger.Length))
                    {
                        ArrayPool<byte>.Shared.Return(larger);
                        pipe.AdvanceTo(buffer.End);
                        throw new RequestRefusedException(StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable,
                            "too many bodies are being read", closesConnection: true);
                    }

                    rented.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(rented);
                    rented = larger;
                }

                buffer.CopyTo(rented.AsSpan(length));
                length = (int)total;
                pipe.AdvanceTo(buffer.End);
                if (read.IsCompleted)
                {
                    return new RequestBody(room, rented, length);
                }

                if (length - counted >= Math.Max(LeastBytes, rented.Length / LeastShare))
                {
                    counted = length;
                    stalled.CancelAfter(LeastBytesTime);
                }

                read = await ReadPipeAsync(pipe, request.HttpContext.RequestAborted);
            }
        }
        catch
        {
            Return(room, rented);
            throw;
        }
    }

    private static void Return(BodyRoom room, byte[] rented)
    {
        ArrayPool<byte>.Shared.Return(rented);
        room.Release(rented.Length);
    }

    // What is there already needs no token, and asking for the request's makes one.
    private static bool TryReadPipe(PipeReader pipe, out ReadResult read)
    {
        try
        {
            return pipe.TryRead(out read);
        }
        catch (IOException e) when (IsBrokenCoding(e))
        {
            throw BrokenCoding();
        }
    }

    private static async ValueTask<ReadResult> ReadPipeAsync(PipeReader pipe, CancellationToken cancellationToken)
    {
        try
        {
            return await pipe.ReadAsync(cancellationToken);
        }
        catch (IOException e) when (IsBrokenCoding(e))
        {
            throw BrokenCoding();
        }
    }

    // What the web server throws for a chunk size of seventeen digits, for one.
    private static bool IsBrokenCoding(IOException e) => e.InnerException is OverflowException or FormatException;

    private static RequestRefusedException BrokenCoding() =>
        new(StatusCodes.Status400BadRequest, ErrorCodes.InvalidRequest, "the body's transfer coding is broken", closesConnection: true);

    private static RequestRefusedException TooLarge(long limit) =>
        new(StatusCodes.Status413PayloadTooLarge, ErrorCodes.PayloadTooLarge, $"payload too large: at most {limit} bytes", closesConnection: true);
}
