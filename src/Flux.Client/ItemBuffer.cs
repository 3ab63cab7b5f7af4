using System.Threading.Channels;

namespace Flux.Client;

/// <summary>
/// What waits for the application: bounded by bytes, filled by the reader of the socket, emptied by one reader of the subscription.
/// </summary>
/// <param name="capacity">How many bytes of frames may wait. One that is larger is taken when nothing else waits.</param>
internal sealed class ItemBuffer(int capacity)
{
    private readonly Channel<(SubscriptionItem Item, int Bytes)> _items =
        Channel.CreateUnbounded<(SubscriptionItem Item, int Bytes)>(new UnboundedChannelOptions { SingleReader = true });

    private readonly Lock _gate = new();
    private long _bytes; // of what is in _items
    private bool _closed;
    private TaskCompletionSource? _room; // there while the writer waits

    /// <summary>Adds an item if there is room. What is added after the end goes nowhere.</summary>
    /// <returns>False when it is full: wait for <see cref="WaitForRoomAsync"/>.</returns>
    public bool TryWrite(SubscriptionItem item, int bytes)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return true;
            }

            if (_bytes > 0 && _bytes + bytes > capacity)
            {
                _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return false;
            }

            _bytes += bytes;
            return _items.Writer.TryWrite((item, bytes));
        }
    }

    /// <summary>Waits until something was taken since a write found no room.</summary>
    public Task WaitForRoomAsync()
    {
        lock (_gate)
        {
            return _room?.Task ?? Task.CompletedTask;
        }
    }

    /// <summary>Waits for an item.</summary>
    /// <returns>False at the end; an end with an error throws it.</returns>
    public ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken) => _items.Reader.WaitToReadAsync(cancellationToken);

    /// <summary>Takes the next item.</summary>
    /// <returns>The item; null when there is none now.</returns>
    public SubscriptionItem? Read()
    {
        if (!_items.Reader.TryRead(out var entry))
        {
            return null;
        }

        TaskCompletionSource? room;
        lock (_gate)
        {
            _bytes -= entry.Bytes;
            (room, _room) = (_room, null);
        }

        room?.SetResult();
        return entry.Item;
    }

    /// <summary>Ends it behind what waits.</summary>
    /// <param name="error">What the reader gets then; null for a plain end.</param>
    public void Complete(Exception? error)
    {
        TaskCompletionSource? room;
        lock (_gate)
        {
            _closed = true;
            _items.Writer.TryComplete(error);
            (room, _room) = (_room, null);
        }

        room?.SetResult();
    }
}
