using System.Buffers;
using Flux.Core.Log;

namespace Flux.Server.Subscriptions;

/// <summary>All that goes out on one socket: whole frames, one write at a time, many of them in one write when they have to wait.</summary>
/// <remarks>
/// A write that ends at once costs its caller nothing but the copy into the transport's buffer: no other thread is involved. One that does not is
/// awaited in the background, and what comes meanwhile is gathered. The bytes of a block are shared by many sockets and never change.
/// </remarks>
internal sealed class Outbox(int capacity)
{
    /// <summary>The size of a block, and of a write: as good as a larger one, what the transport takes without waiting, and below the large-object heap's 85,000 bytes.</summary>
    public const int BlockBytes = 64 * 1024;

    /// <summary>The size at which what is gathered is written: its buffer, which doubles, stays below the large-object heap too.</summary>
    public const int FlushBytes = BlockBytes / 2;

    // The transport copies a write whole, for each socket; a block of many megabytes, which they share, goes out in parts.
    private const int MaxWriteBytes = 4 * BlockBytes;

    private readonly Lock _lock = new();
    private readonly Queue<Entry> _pending = new();

    // Pings and pongs: ahead of what waits. The WebSocket sends one at a time, so there are never many.
    private readonly Queue<Entry> _urgent = new();

    private int _bytes;        // waiting or being written, urgent frames left out
    private Stream? _transport;
    private bool _isWriting = true; // somebody is in Run, waits for a write to end, or is to open it; only they take from the queues
    private bool _isEnding;    // the close frame is queued
    private bool _isClosed;
    private TaskCompletionSource? _atRest; // waits until nobody writes

    /// <summary>Gives it what it writes to, once. Until then all that is offered waits.</summary>
    public void Open(Stream transport)
    {
        _transport = transport;
        Run();
    }

    /// <summary>Offers frames.</summary>
    /// <returns>False when too much is waiting already: nothing was taken.</returns>
    public bool TryOffer(byte[] block, ReadOnlySpan<Piece> pieces) => TryQueue(block, pieces, capacity);

    /// <summary>Offers an answer to the client, which asked for it: some are taken beyond the capacity.</summary>
    /// <param name="frame">The answer.</param>
    /// <param name="beyond">How many bytes beyond.</param>
    /// <returns>False when even that is full: the client does not read.</returns>
    public bool TryAnswer(byte[] frame, int beyond) => TryQueue(frame, [new Piece(0, frame.Length)], capacity + beyond);

    /// <summary>Takes frames whatever waits already; the caller has bounded them.</summary>
    public void Append(byte[] block, ReadOnlySpan<Piece> pieces) => TryQueue(block, pieces, most: int.MaxValue);

    /// <summary>Offers frames that may be left out: they are not taken while anything waits.</summary>
    public void OfferIfIdle(byte[] block)
    {
        bool isIdle;
        lock (_lock)
        {
            isIdle = _bytes < BlockBytes;
        }

        if (isIdle)
        {
            TryOffer(block, [new Piece(0, block.Length)]);
        }
    }

    /// <summary>Writes frames behind all that waits, and ends when the transport has taken them.</summary>
    /// <param name="frames">Whole frames; they must not change until then. None at all waits for what was queued before.</param>
    /// <returns>A task that ends when they are written.</returns>
    /// <exception cref="IOException">The socket is gone.</exception>
    public Task WriteAsync(ReadOnlyMemory<byte> frames) => WriteAsync(_pending, frames, isLast: false);

    /// <summary>Writes a control frame ahead of all that waits.</summary>
    public Task WriteControlAsync(ReadOnlyMemory<byte> frame) => WriteAsync(_urgent, frame, isLast: false);

    /// <summary>Writes the close frame behind all that waits. Nothing is taken after it.</summary>
    public Task WriteLastAsync(ReadOnlyMemory<byte> frame) => WriteAsync(_pending, frame, isLast: true);

    /// <summary>Takes nothing more and forgets what waits.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            foreach (var entry in _pending.Concat(_urgent))
            {
                entry.Written?.TrySetException(new IOException("The socket is closed"));
            }

            _pending.Clear();
            _urgent.Clear();
            _bytes = 0;
        }
    }

    /// <summary>Takes nothing more, forgets what waits, and ends when the transport is not written to any more.</summary>
    public Task CloseAsync()
    {
        Close();
        lock (_lock)
        {
            if (!_isWriting || _transport is null)
            {
                return Task.CompletedTask;
            }

            _atRest ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _atRest.Task;
        }
    }

    private bool TryQueue(byte[] block, ReadOnlySpan<Piece> pieces, int most)
    {
        lock (_lock)
        {
            if (_isClosed || _isEnding)
            {
                return true; // its socket is going: nobody is left to miss them
            }

            var length = 0;
            foreach (var piece in pieces)
            {
                length += piece.Length;
            }

            // What is larger than the whole outbox passes when nothing else waits.
            if (_bytes > 0 && _bytes + length > most)
            {
                return Defect.IsOn(Defect.DropsFrames);
            }

            // What has to wait keeps its block alive, and must not keep alive much more than itself.
            if (_isWriting && length < block.Length / 2)
            {
                _pending.Enqueue(new Entry(Copy(block, pieces, length), Written: null));
            }
            else
            {
                foreach (var piece in pieces)
                {
                    _pending.Enqueue(new Entry(block.AsMemory(piece.Start, piece.Length), Written: null));
                }
            }

            _bytes += length;
            if (_isWriting)
            {
                return true;
            }

            _isWriting = true;
        }

        Run();
        return true;
    }

    private static byte[] Copy(byte[] block, ReadOnlySpan<Piece> pieces, int length)
    {
        var copy = new byte[length];
        var at = 0;
        foreach (var piece in pieces)
        {
            block.AsSpan(piece.Start, piece.Length).CopyTo(copy.AsSpan(at));
            at += piece.Length;
        }

        return copy;
    }

    private Task WriteAsync(Queue<Entry> queue, ReadOnlyMemory<byte> frames, bool isLast)
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_isClosed || _isEnding)
            {
                return Task.FromException(new IOException("The socket is closed"));
            }

            _isEnding |= isLast;
            queue.Enqueue(new Entry(frames, written));
            _bytes += queue == _pending ? frames.Length : 0;
            if (_isWriting)
            {
                return written.Task;
            }

            _isWriting = true;
        }

        Run();
        return written.Task;
    }

    // Only one thread at a time: the one that set _isWriting.
    private void Run()
    {
        while (TryTakeNext(out var write))
        {
            ValueTask task;
            try
            {
                task = write.Bytes.IsEmpty ? default
                    : write.Bytes.Length <= MaxWriteBytes ? _transport!.WriteAsync(write.Bytes, CancellationToken.None)
                    : WritePartsAsync(_transport!, write.Bytes);
            }
            catch (Exception e)
            {
                task = ValueTask.FromException(e);
            }

            if (!task.IsCompletedSuccessfully)
            {
                _ = FinishAsync(task, write);
                return;
            }

            Finish(write, error: null);
        }
    }

    private static async ValueTask WritePartsAsync(Stream transport, ReadOnlyMemory<byte> bytes)
    {
        for (; bytes.Length > MaxWriteBytes; bytes = bytes[MaxWriteBytes..])
        {
            await transport.WriteAsync(bytes[..MaxWriteBytes], CancellationToken.None);
        }

        await transport.WriteAsync(bytes, CancellationToken.None);
    }

    private async Task FinishAsync(ValueTask task, Write write)
    {
        Exception? error = null;
        try
        {
            await task;
        }
        catch (Exception e)
        {
            error = e; // the receiving side sees the same end of the connection, and clears up
        }

        Finish(write, error);
        if (error is not null)
        {
            Close();
        }

        Run();
    }

    private bool TryTakeNext(out Write write)
    {
        lock (_lock)
        {
            if (_urgent.TryDequeue(out var urgent))
            {
                write = new Write(urgent.Frames, Rented: null, Count: 0, urgent.Written, Others: null);
                return true;
            }

            if (!_pending.TryDequeue(out var first))
            {
                _isWriting = false;
                _atRest?.TrySetResult();
                write = default;
                return false;
            }

            if (_pending.Count == 0 || first.Frames.Length + _pending.Peek().Frames.Length > BlockBytes)
            {
                write = new Write(first.Frames, Rented: null, first.Frames.Length, first.Written, Others: null);
                return true;
            }

            var gathered = ArrayPool<byte>.Shared.Rent(BlockBytes);
            first.Frames.CopyTo(gathered);
            var count = first.Frames.Length;
            List<TaskCompletionSource>? others = null;
            while (_pending.TryPeek(out var next) && count + next.Frames.Length <= BlockBytes)
            {
                _pending.Dequeue();
                next.Frames.CopyTo(gathered.AsMemory(count));
                count += next.Frames.Length;
                if (next.Written is not null)
                {
                    (others ??= []).Add(next.Written);
                }
            }

            write = new Write(gathered.AsMemory(0, count), gathered, count, first.Written, others);
            return true;
        }
    }

    private void Finish(Write write, Exception? error)
    {
        if (write.Count > 0)
        {
            lock (_lock)
            {
                _bytes = Math.Max(0, _bytes - write.Count);
            }
        }

        if (write.Rented is not null)
        {
            ArrayPool<byte>.Shared.Return(write.Rented);
        }

        Tell(write.Written, error);
        foreach (var other in write.Others ?? [])
        {
            Tell(other, error);
        }
    }

    private static void Tell(TaskCompletionSource? written, Exception? error)
    {
        if (error is null)
        {
            written?.TrySetResult();
        }
        else
        {
            written?.TrySetException(new IOException("The socket is closed", error));
        }
    }

    private readonly record struct Entry(ReadOnlyMemory<byte> Frames, TaskCompletionSource? Written);

    private readonly record struct Write(
        ReadOnlyMemory<byte> Bytes, byte[]? Rented, int Count, TaskCompletionSource? Written, List<TaskCompletionSource>? Others);
}
