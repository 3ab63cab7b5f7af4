using Flux.Server.Namespaces;

namespace Flux.Server.Subscriptions;

/// <summary>One socket, as the dispatcher sees it. Everything but <see cref="Outbox"/> is used under the dispatcher's lock.</summary>
internal sealed class Connection : IDisposable
{
    // Answers are small: so many waiting means that nobody reads them.
    private const int AnswerBytes = 256 * 1024;

    // Guards against aborting the context of a request that has ended: the server may use it for another one.
    private readonly Lock _lock = new();
    private readonly HttpContext _context;
    private readonly CancellationTokenSource _closed;
    private bool _isEnded;
    private Action<CloseReason>? _close; // null until the upgrade is done
    private CloseReason? _closing;       // the first reason counts

    public Connection(ConnectionProtocol protocol, Outbox outbox, HttpContext context, ReadRights rights)
    {
        _context = context;
        Protocol = protocol;
        Rights = rights;
        WantsMetrics = protocol == ConnectionProtocol.Classic;
        _closed = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        Outbox = outbox;
        Closed = _closed.Token;
    }

    /// <summary>Gets what its client speaks.</summary>
    public ConnectionProtocol Protocol { get; }

    /// <summary>Gets what goes out. It has its own lock.</summary>
    public Outbox Outbox { get; }

    /// <summary>Gets a token that is cancelled when the socket is gone.</summary>
    public CancellationToken Closed { get; }

    /// <summary>Gets or sets what its client may see. A newer socket may show its token after it has connected, once.</summary>
    public ReadRights Rights { get; set; }

    /// <summary>Gets or sets a value indicating whether it gets metrics frames.</summary>
    public bool WantsMetrics { get; set; }

    /// <summary>Gets or sets how many ids and prefixes its subscriptions have together. Classic sockets are counted by their index.</summary>
    public int Patterns { get; set; }

    /// <summary>Gets what lets its subscriptions write from the log one after the other.</summary>
    public SemaphoreSlim CatchingUp { get; } = new(1, 1);

    /// <summary>Gets or sets the sockets of its token's namespace; null when it has no token that works.</summary>
    public NamespaceSockets? Namespace { get; set; }

    /// <summary>Gets or sets a value indicating whether it reads the log, at its own pace, instead of what is dispatched.</summary>
    public bool IsLagging { get; set; }

    /// <summary>Gets the frames of the block being written that this socket wants.</summary>
    public List<Piece> Pieces { get; } = [];

    /// <summary>Queues an answer to its client.</summary>
    /// <returns>False when answers pile up unread: nothing was queued.</returns>
    public bool TryAnswer(byte[] frame) => Outbox.TryAnswer(frame, AnswerBytes);

    /// <summary>Gives it what ends it with a close frame, once; called at once when it is to end already.</summary>
    public void OnOpened(Action<CloseReason> close)
    {
        CloseReason? closing;
        lock (_lock)
        {
            _close = close;
            closing = _closing;
        }

        if (closing is { } reason)
        {
            close(reason);
        }
    }

    /// <summary>Ends it with a close frame, from any thread; it does not wait.</summary>
    public void Close(CloseReason reason)
    {
        Action<CloseReason>? close;
        lock (_lock)
        {
            if (_closing is not null)
            {
                return;
            }

            _closing = reason;
            close = _close;
        }

        close?.Invoke(reason);
    }

    /// <summary>Cuts the connection.</summary>
    public void Abort()
    {
        lock (_lock)
        {
            if (!_isEnded)
            {
                _context.Abort();
            }
        }
    }

    /// <summary>Ends everything that still works for this socket. Its request ends now.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isEnded = true;
        }

        _closed.Cancel();
        _closed.Dispose();
    }
}
