namespace Flux.Client;

/// <summary>
/// An ordered sequence of changes: by position, each once, none left out, across all connections that it takes. Read it with <c>await
/// foreach</c>, one reader at a time; leaving the loop ends nothing, and another loop goes on there.
/// </summary>
/// <remarks>
/// The sequence ends when it is disposed, or its client is; after <see cref="SubscriptionItem.CursorUnknown"/>; and with a
/// <see cref="FluxException"/> of some kind when the server has ended it for good. What had arrived before comes first.
/// </remarks>
public sealed class FluxSubscription : IAsyncEnumerable<SubscriptionItem>, IAsyncDisposable
{
    private readonly FluxClient _client;
    private readonly ItemBuffer _buffer;
    private volatile string? _cursor;
    private string? _resumeAfter; // the last cursor that arrived; the application may be behind it by what is in _buffer
    private bool _partial;        // rows or changes have arrived since, or before there was any

    internal FluxSubscription(FluxClient client, string name, SubscriptionRequest request, ReplayState? replay, FluxClientOptions options)
    {
        Replay = replay;
        _client = client;
        Name = name;
        Request = request;
        _cursor = request.From.Cursor;
        _buffer = new ItemBuffer(options.BufferBytes);
        Retries = new Backoff(options.FirstRetryWithin, options.LastRetryWithin, options.Random);
    }

    /// <summary>Gets the name that it has on the wire.</summary>
    public string Name { get; }

    /// <summary>Gets what was asked for.</summary>
    public SubscriptionRequest Request { get; }

    /// <summary>
    /// Gets the cursor of all that the application has finished: it moves when the application asks for the next item, so what it is still
    /// at work on does not count. Store it, and hand it in again with <see cref="SubscriptionStart.AfterCursor"/>. Null while there is
    /// none: begin anew then.
    /// </summary>
    public string? Cursor => _cursor;

    /// <summary>Gets how the replay stands that it begins as; null when it begins as none.</summary>
    internal ReplayState? Replay { get; }

    /// <summary>Gets the waits between attempts when the server cannot serve it now.</summary>
    internal Backoff Retries { get; }

    /// <summary>Gets a value indicating whether the next acceptance begins anew what was shown in part.</summary>
    internal bool MustRestart => _partial && _resumeAfter is null;

    /// <summary>Gets a value indicating whether nothing has to be caught up after the next acceptance.</summary>
    internal bool BeginsLive => _resumeAfter is null && Request.From.IsNow;

    /// <inheritdoc/>
    /// <remarks>Cancelling stops waiting; nothing is lost.</remarks>
    public async IAsyncEnumerator<SubscriptionItem> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        while (await _buffer.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (_buffer.Read() is { } item)
            {
                yield return item;
                _cursor = item is SubscriptionItem.CursorUnknown ? _cursor : item.Cursor ?? _cursor;
            }
        }
    }

    /// <summary>Ends it on the server too. What had arrived can still be read.</summary>
    /// <returns>A task that is complete.</returns>
    public ValueTask DisposeAsync()
    {
        _client.Remove(this);
        End(error: null);
        return ValueTask.CompletedTask;
    }

    internal byte[] ToMessage() => Replay is { IsOver: false } replay ? replay.Begin(Name, Request, _resumeAfter) : ToSubscribe();

    internal SubscriptionItem.Subscribed Subscribed(Frame frame)
    {
        _partial = false;
        return new SubscriptionItem.Subscribed(
            frame.Position ?? throw new FormatException("a frame of type \"subscribed\" has no Position"),
            _resumeAfter ?? Request.From.Cursor)
        {
            Cursor = frame.Cursor,
        };
    }

    /// <summary>Puts an item behind those that wait for the application.</summary>
    /// <returns>False when there is no room: wait for <see cref="WaitForRoomAsync"/>.</returns>
    internal bool TryHandOver(SubscriptionItem item, int bytes)
    {
        if (!_buffer.TryWrite(item, bytes))
        {
            return false;
        }

        ResumeAfter(item.Cursor);
        _partial |= item is SubscriptionItem.SnapshotRow or SubscriptionItem.Event;
        return true;
    }

    internal Task WaitForRoomAsync() => _buffer.WaitForRoomAsync();

    internal void ResumeAfter(string? cursor) => _resumeAfter = cursor ?? _resumeAfter;

    internal void End(Exception? error) => _buffer.Complete(error);

    private byte[] ToSubscribe() =>
        Request.ToMessage(Name, _resumeAfter is null ? Request.From : SubscriptionStart.AfterCursor(_resumeAfter));
}
