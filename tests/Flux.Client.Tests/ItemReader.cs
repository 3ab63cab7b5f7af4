namespace Flux.Client.Tests;

/// <summary>Reads a subscription item by item, as a test wants to see it.</summary>
internal sealed class ItemReader(IAsyncEnumerable<SubscriptionItem> sequence) : IAsyncDisposable
{
    private readonly IAsyncEnumerator<SubscriptionItem> _items = sequence.GetAsyncEnumerator(TestContext.Current.CancellationToken);

    public FluxSubscription Subscription => (FluxSubscription)sequence;

    /// <summary>Waits for the next item, which must be of a kind.</summary>
    public async Task<T> NextAsync<T>()
        where T : SubscriptionItem
    {
        Assert.True(await _items.MoveNextAsync().AsTask().InTime(typeof(T).Name), $"the subscription ended instead of showing {typeof(T).Name}");
        return Assert.IsType<T>(_items.Current);
    }

    /// <summary>Waits for the next item of any kind.</summary>
    public async Task<SubscriptionItem> NextAnyAsync()
    {
        Assert.True(await _items.MoveNextAsync().AsTask().InTime("an item"), "the subscription ended");
        return _items.Current;
    }

    /// <summary>Waits for the end.</summary>
    public async Task EndAsync() => Assert.False(await _items.MoveNextAsync().AsTask().InTime("the end"), $"there is {_items.Current}");

    /// <summary>Waits for the end with an error.</summary>
    public Task<T> ErrorAsync<T>()
        where T : Exception => Assert.ThrowsAsync<T>(() => _items.MoveNextAsync().AsTask().InTime("an error"));

    public ValueTask DisposeAsync() => _items.DisposeAsync();
}
