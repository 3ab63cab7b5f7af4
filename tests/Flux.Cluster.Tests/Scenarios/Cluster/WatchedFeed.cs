using System.Collections.Concurrent;
using Flux.Client;
using Flux.Testing.History;
using Flux.Testing.Subscriptions;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>One user of the .NET client: it keeps when the connection changed, and the positions of all changes that it was handed.</summary>
internal sealed class WatchedFeed : IAsyncDisposable
{
    private readonly FluxClient _client;
    private readonly ConcurrentQueue<(long At, ConnectionChange Change)> _connectionChanges = [];
    private readonly ConcurrentQueue<long> _positions = [];
    private readonly Task _reading;
    private long _reached;

    public WatchedFeed(string entity, IReadOnlyList<Uri> addresses)
    {
        About = new SubscriptionDescription { Name = entity, Scope = SubscriptionScope.Of(entity) };
        _client = new FluxClient(new FluxClientOptions { Addresses = addresses });
        _client.ConnectionChanged += (_, change) => _connectionChanges.Enqueue((HistoryRecorder.Now(), change));
        var subscription = _client.Subscribe(new SubscriptionRequest { Entities = [entity], From = Flux.Client.SubscriptionStart.AfterPosition(0) });
        _reading = Task.Run(() => ReadAsync(subscription));
    }

    /// <summary>Gets what it asked for.</summary>
    public SubscriptionDescription About { get; }

    public IReadOnlyCollection<(long At, ConnectionChange Change)> ConnectionChanges => _connectionChanges;

    public IReadOnlyCollection<long> Positions => _positions;

    /// <summary>Gets the address that it is connected to; null while it is not.</summary>
    public Uri? ConnectedTo => _connectionChanges.LastOrDefault().Change is ConnectionChange.Connected connected ? connected.Address : null;

    /// <summary>Gets the position up to which it has everything.</summary>
    public long Reached => Interlocked.Read(ref _reached);

    /// <summary>Gets the reports of a dead feed.</summary>
    public IEnumerable<(long At, ConnectionChange.FeedLost Report)> Reports =>
        _connectionChanges.Where(c => c.Change is ConnectionChange.FeedLost).Select(c => (c.At, (ConnectionChange.FeedLost)c.Change));

    /// <summary>Ends it; what went wrong while it read is thrown here.</summary>
    public async Task EndAsync()
    {
        await _client.DisposeAsync();
        await _reading;
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _reading.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task ReadAsync(FluxSubscription subscription)
    {
        await foreach (var item in subscription)
        {
            switch (item)
            {
                case SubscriptionItem.Event change:
                    _positions.Enqueue(change.Position);
                    Interlocked.Exchange(ref _reached, change.Position);
                    break;
                case SubscriptionItem.Progress progress:
                    Interlocked.Exchange(ref _reached, progress.Position);
                    break;
                case SubscriptionItem.CaughtUp caughtUp:
                    Interlocked.Exchange(ref _reached, caughtUp.Position);
                    break;
                default:
                    break;
            }
        }
    }
}
