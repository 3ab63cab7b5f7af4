using System.Diagnostics.CodeAnalysis;
using Flux.Client;

namespace Flux.Dashboard.Api;

/// <summary>What a view listens to: one subscription at a time, always the one that was asked for last.</summary>
internal sealed class LiveView(Session session) : IAsyncDisposable
{
    private LiveFeed? _feed;
    private long _asked; // while one question waits, a later one may come

    /// <summary>Gets why the server has ended the subscription for good; null while it has not.</summary>
    public FluxException? Error => _feed?.Error;

    /// <summary>Listens to something else.</summary>
    /// <param name="request">To what; null for nothing.</param>
    public Task FollowAsync(SubscriptionRequest? request) => ChangeAsync(request is null ? null : async () => new LiveFeed(await session.SubscribeAsync(request)));

    /// <summary>Listens to the past.</summary>
    /// <param name="request">To which.</param>
    public Task ReplayAsync(ReplayRequest request) => ChangeAsync(async () => new LiveFeed(await session.ReplayAsync(request)));

    /// <summary>Makes the request for the state of some entities and what happens to them.</summary>
    /// <param name="ids">The entities.</param>
    public static SubscriptionRequest Of(IReadOnlyCollection<string> ids) => new()
    {
        Entities = [.. ids.Where(id => !IsPattern(id))],
        Prefixes = [.. ids.Where(IsPattern)], // what else they bring is passed over
        From = SubscriptionStart.Snapshot,
        Slow = SlowReader.Conflate,
    };

    /// <summary>Says whether an id would be taken for many. Whoever asks for it by prefix passes over what else comes.</summary>
    /// <param name="id">The id.</param>
    public static bool IsPattern(string id) => id is "*" || id.EndsWith("/*", StringComparison.Ordinal);

    /// <summary>Takes the next item, if there is one.</summary>
    /// <param name="item">The item.</param>
    public bool TryRead([MaybeNullWhen(false)] out SubscriptionItem item)
    {
        item = null;
        return _feed is { } feed && feed.TryRead(out item);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await FollowAsync(null);

    private async Task ChangeAsync(Func<Task<LiveFeed>>? subscribeAsync)
    {
        var asked = ++_asked;
        if (_feed is { } former)
        {
            _feed = null;
            await former.DisposeAsync();
        }

        if (subscribeAsync is null || asked != _asked)
        {
            return;
        }

        var feed = await subscribeAsync();
        if (asked == _asked)
        {
            _feed = feed;
        }
        else
        {
            await feed.DisposeAsync();
        }
    }
}
