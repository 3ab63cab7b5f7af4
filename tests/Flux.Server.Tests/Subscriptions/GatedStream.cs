namespace Flux.Server.Tests.Subscriptions;

/// <summary>A transport that takes writes at once while it is open, and holds the next one while it is shut.</summary>
internal sealed class GatedStream : MemoryStream
{
    private TaskCompletionSource? _shut;
    private long _writes;

    public long Writes => Interlocked.Read(ref _writes);

    public void Shut() => _shut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Open()
    {
        var shut = _shut;
        _shut = null;
        shut?.SetResult();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_shut is { } shut)
        {
            await shut.Task;
        }

        lock (this)
        {
            Write(buffer.Span);
        }

        Interlocked.Increment(ref _writes);
    }

    public byte[] Written()
    {
        lock (this)
        {
            return ToArray();
        }
    }
}
