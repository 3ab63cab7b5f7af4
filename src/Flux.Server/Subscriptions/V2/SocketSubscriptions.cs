using Flux.Core.Events;
using Flux.Server.Hosting;

namespace Flux.Server.Subscriptions.V2;

/// <summary>The subscriptions of one socket, replays among them, by their names.</summary>
internal sealed class SocketSubscriptions(Connection connection, ChangeDispatcher dispatcher, SubscriptionService subscriptions) : IDisposable
{
    // Each holds a page of the log and a block of frames while it waits.
    private const int MaxReplays = 16;

    private readonly Lock _gate = new(); // one may end by itself
    private readonly Dictionary<string, Subscription> _subscriptions = new(StringComparer.Ordinal);
    private bool _isOver;

    /// <summary>Adds one that is about to begin.</summary>
    /// <exception cref="RequestRefusedException">Its name is in use, or there are too many.</exception>
    public void Add(Subscription subscription)
    {
        var name = subscription.Variant.Name!;
        lock (_gate)
        {
            if (_subscriptions.TryGetValue(name, out var former) && former.IsEnded)
            {
                // Its client has been told that it ended, perhaps before Forget was.
                _subscriptions.Remove(name);
                dispatcher.Uncount(connection, former.Scope.Count);
            }
            else if (former is not null)
            {
                throw new RequestRefusedException(StatusCodes.Status409Conflict, ErrorCodes.SubInUse, $"sub {Shown.Quote(name)} is in use on this socket");
            }

            if (subscription.Variant.IsReplay && _subscriptions.Values.Count(other => other.Variant.IsReplay && !other.IsEnded) >= MaxReplays)
            {
                throw TooMany($"a socket has at most {MaxReplays} replays");
            }

            if (!dispatcher.TryCount(connection, subscription.Scope.Count))
            {
                throw TooMany("so many ids and prefixes cannot be subscribed to");
            }

            _subscriptions.Add(name, subscription);
        }
    }

    /// <summary>Finds one.</summary>
    /// <exception cref="RequestRefusedException">There is none of that name.</exception>
    public Subscription Find(string name)
    {
        lock (_gate)
        {
            return _subscriptions.TryGetValue(name, out var subscription)
                ? subscription
                : throw new RequestRefusedException(StatusCodes.Status404NotFound, ErrorCodes.UnknownSub, $"sub {Shown.Quote(name)} is not in use on this socket");
        }
    }

    /// <summary>Ends one for its client.</summary>
    public void End(Subscription subscription)
    {
        subscriptions.End(subscription);
        Forget(subscription);
    }

    /// <summary>Forgets one that has ended by itself, or never began.</summary>
    public void Forget(Subscription subscription)
    {
        lock (_gate)
        {
            if (_isOver || !_subscriptions.TryGetValue(subscription.Variant.Name!, out var known) || known != subscription)
            {
                return;
            }

            _subscriptions.Remove(subscription.Variant.Name!);
        }

        dispatcher.Uncount(connection, subscription.Scope.Count);
    }

    /// <summary>Ends all.</summary>
    public void Dispose()
    {
        List<Subscription> running;
        lock (_gate)
        {
            _isOver = true;
            running = [.. _subscriptions.Values];
            _subscriptions.Clear();
        }

        foreach (var subscription in running)
        {
            subscriptions.End(subscription);
        }
    }

    private static RequestRefusedException TooMany(string message) => new(StatusCodes.Status429TooManyRequests, ErrorCodes.TooManySubscriptions, message);
}
