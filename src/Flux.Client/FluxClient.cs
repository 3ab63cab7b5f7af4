using System.Globalization;
using System.Net;
using System.Net.WebSockets;

namespace Flux.Client;

/// <summary>
/// Subscriptions to Flux over one WebSocket that comes back by itself: it tries one address after the other, with waits that grow and are
/// drawn at random, and takes each subscription up again at its last cursor. A feed that is dead while the connection looks alive is
/// noticed and left.
/// </summary>
public sealed class FluxClient : IAsyncDisposable
{
    internal const string Subprotocol = "flux.v2";

    private readonly FluxClientOptions _options;
    private readonly CancellationTokenSource _stop = new();

    // Guards what follows.
    private readonly Lock _gate = new();
    private readonly Dictionary<string, FluxSubscription> _subscriptions = new(StringComparer.Ordinal);
    private Connection? _connection; // there while subscriptions may be sent on it
    private Task? _running;          // there from the first subscription on
    private Exception? _ended;       // why there will be no other connection
    private int _names;
    private bool _disposed;

    /// <summary>Makes a client. It connects with the first subscription.</summary>
    /// <param name="options">How it connects, waits and comes back.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the text says which.</exception>
    public FluxClient(FluxClientOptions options)
    {
        options.Check();
        _options = options;
    }

    /// <summary>
    /// Happens when the connection is made, lost, found dead or not to be had. It comes at once, while the items of subscriptions wait for
    /// their reader. Handlers run on the client's own loop: they must be short, and one that throws ends the client.
    /// </summary>
    public event EventHandler<ConnectionChange>? ConnectionChanged;

    /// <summary>Subscribes. Nothing is awaited: the answer comes as the first item.</summary>
    /// <param name="request">What to hear.</param>
    /// <returns>The subscription.</returns>
    /// <exception cref="InvalidOperationException">The server has turned this client away for good; the inner exception says
    /// why.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public FluxSubscription Subscribe(SubscriptionRequest request) => Add(request, replay: null);

    /// <summary>Asks for the past. Nothing is awaited: the answer comes as the first item.</summary>
    /// <param name="request">Which past, and how.</param>
    /// <returns>The replay.</returns>
    /// <exception cref="InvalidOperationException">The server has turned this client away for good; the inner exception says
    /// why.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public FluxReplay Replay(ReplayRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var state = new ReplayState(request);
        return new FluxReplay(this, Add(request.ToSubscription(), state), state);
    }

    /// <summary>Closes the connection and ends all subscriptions; what they had received can still be read.</summary>
    /// <returns>A task that ends when the connection is closed.</returns>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true; // with the gate, so that no subscription comes after it
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        End(error: null);
        if (_running is not null)
        {
            await _running.ConfigureAwait(false);
        }

        _stop.Dispose();
    }

    internal void Send(FluxSubscription subscription, byte[] message)
    {
        lock (_gate)
        {
            _connection?.Send(subscription, message);
        }
    }

    internal void Remove(FluxSubscription subscription)
    {
        lock (_gate)
        {
            if (_subscriptions.Remove(subscription.Name))
            {
                _connection?.Unsubscribe(subscription);
            }
        }
    }

    private static Uri SocketAddress(Uri address)
    {
        var scheme = address.Scheme is "https" or "wss" ? "wss" : "ws";
        var path = address.AbsolutePath.EndsWith('/') ? address.AbsolutePath : address.AbsolutePath + "/";
        return new UriBuilder(address) { Scheme = scheme, Path = path + "api/ws", Port = address.Port }.Uri;
    }

    private FluxSubscription Add(SubscriptionRequest request, ReplayState? replay)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_ended is not null)
            {
                throw new InvalidOperationException($"this client has ended: {_ended.Message}", _ended);
            }

            var name = string.Create(CultureInfo.InvariantCulture, $"s{++_names}");
            var subscription = new FluxSubscription(this, name, request, replay, _options);
            _subscriptions.Add(name, subscription);
            _connection?.Subscribe(subscription);
            _running ??= Task.Run(RunAsync);
            return subscription;
        }
    }

    private async Task RunAsync()
    {
        var waits = new Backoff(_options.FirstRetryWithin, _options.LastRetryWithin, _options.Random);
        var doublings = 0;
        try
        {
            for (var index = 0; ; index = (index + 1) % _options.Addresses.Count)
            {
                var address = _options.Addresses[index];
                ConnectionChange change;
                try
                {
                    var socket = await DialAsync(address).ConfigureAwait(false);
                    using var connection = new Connection(socket, address, _options, doublings, Remove);
                    var end = await ServeAsync(connection).ConfigureAwait(false);
                    if (connection.Age >= _options.StableAfter)
                    {
                        waits.Reset();
                    }

                    doublings = end is ConnectionEnd.Silent { RanOutOfPatience: true } ? doublings + 1 : connection.WasLive ? 0 : doublings;
                    _stop.Token.ThrowIfCancellationRequested();
                    change = end switch
                    {
                        ConnectionEnd.Lost lost => new ConnectionChange.Lost(address, lost.CloseCode, lost.Reason, waits.Next()),
                        ConnectionEnd.Silent silent => new ConnectionChange.FeedLost(address, silent.Silence, waits.Next()),
                        ConnectionEnd.Final final => throw final.Error,
                        _ => throw new InvalidOperationException($"a connection ended with {end}"),
                    };
                }
                catch (Exception e) when (e is WebSocketException or HttpRequestException or TimeoutException)
                {
                    change = new ConnectionChange.Unreachable(address, e, waits.Next());
                }

                ConnectionChanged?.Invoke(this, change);
                await Task.Delay(change.RetryAfter, _options.Time, _stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // disposed
        }
        catch (Exception e) // each reader gets it
        {
            End(e);
        }
    }

    private async Task<ConnectionEnd> ServeAsync(Connection connection)
    {
        lock (_gate)
        {
            _connection = connection;
            foreach (var subscription in _subscriptions.Values)
            {
                connection.Subscribe(subscription);
            }
        }

        ConnectionChanged?.Invoke(this, new ConnectionChange.Connected(connection.Address));
        var end = await connection.RunAsync(_stop.Token).ConfigureAwait(false);
        lock (_gate)
        {
            _connection = null;
        }

        return end;
    }

    private async Task<WebSocket> DialAsync(Uri address)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(Subprotocol);
        socket.Options.CollectHttpResponseDetails = true;
        if (_options.Token is not null)
        {
            socket.Options.SetRequestHeader("Authorization", $"Bearer {_options.Token}");
        }

        using var limit = new CancellationTokenSource(_options.ConnectLimit, _options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, limit.Token);
        var opened = false;
        try
        {
            await socket.ConnectAsync(SocketAddress(address), _options.Invoker, either.Token).ConfigureAwait(false);
            if (socket.SubProtocol is not Subprotocol)
            {
                throw new WebSocketException(WebSocketError.UnsupportedProtocol, $"{address} does not speak {Subprotocol}");
            }

            opened = true;
            return socket;
        }
        catch (WebSocketException e) when (socket.HttpStatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            throw new FluxConnectionException((int)socket.HttpStatusCode, e);
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested && !_stop.IsCancellationRequested)
        {
            throw new TimeoutException($"{address} made no connection within {_options.ConnectLimit}", e);
        }
        finally
        {
            if (!opened)
            {
                socket.Dispose();
            }
        }
    }

    private void End(Exception? error)
    {
        FluxSubscription[] subscriptions;
        lock (_gate)
        {
            _ended ??= error;
            subscriptions = [.. _subscriptions.Values];
            _subscriptions.Clear();
        }

        foreach (var subscription in subscriptions)
        {
            subscription.End(error);
        }
    }
}
