using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Flux.Client;

namespace Flux.Dashboard.Api;

/// <summary>A subscription whose items wait until the view takes them, many at a time.</summary>
internal sealed class LiveFeed : IAsyncDisposable
{
    // What comes in the tenth of a second between two looks, with room to spare. Beyond it the socket is read more slowly, and the server
    // merges.
    private const int MostWaiting = 10_000;

    private readonly IAsyncEnumerable<SubscriptionItem> _source;
    private readonly IAsyncDisposable _subscription;
    private readonly Channel<SubscriptionItem> _items = Channel.CreateBounded<SubscriptionItem>(MostWaiting);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _reading;

    /// <summary>Initializes a new instance of the <see cref="LiveFeed"/> class, which owns its subscription.</summary>
    /// <param name="subscription">The subscription.</param>
    public LiveFeed(FluxSubscription subscription)
        : this(subscription, subscription)
    {
    }

    /// <summary>Initializes a new instance of the <see cref="LiveFeed"/> class, which owns its replay.</summary>
    /// <param name="replay">The replay.</param>
    public LiveFeed(FluxReplay replay)
        : this(replay, replay)
    {
    }

    private LiveFeed(IAsyncEnumerable<SubscriptionItem> source, IAsyncDisposable subscription)
    {
        (_source, _subscription) = (source, subscription);
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>Gets why the server has ended the subscription for good; null while it has not.</summary>
    public FluxException? Error { get; private set; }

    /// <summary>Takes the next item, if there is one.</summary>
    /// <param name="item">The item.</param>
    public bool TryRead([MaybeNullWhen(false)] out SubscriptionItem item) => _items.Reader.TryRead(out item);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _subscription.DisposeAsync();
        await _reading;
        _stop.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            await foreach (var item in _source.WithCancellation(_stop.Token))
            {
                await _items.Writer.WriteAsync(item, _stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // disposed
        }
        catch (FluxException e)
        {
            Error = e;
        }
    }
}
