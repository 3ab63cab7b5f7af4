using System.Globalization;
using System.Net.WebSockets;
using Flux.Testing.History;

namespace Flux.Testing.Load;

/// <summary>A subscriber that connects again when its socket ends. Each connection is a socket of its own in the history.</summary>
/// <remarks>
/// A classic socket has no resume: what happens while it is away is not promised to it, so that each connection is judged from when its subscription
/// is in force until it ends.
/// </remarks>
public sealed class FluxSubscriber : IAsyncDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    // A frozen node takes a connection and never answers.
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    private readonly IReadOnlyList<Uri> _addresses;
    private readonly string _name;
    private readonly string _filter;
    private readonly HistoryRecorder _recorder;
    private readonly TimeProvider _time;
    private readonly FluxClient _client;
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<WebSocketCloseStatus?> _endings = [];
    private readonly List<TimeSpan> _absences = [];
    private readonly Lock _gate = new();
    private readonly Task _running;
    private TaskCompletionSource<FluxSocket> _armed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Initializes a new instance of the <see cref="FluxSubscriber"/> class, which begins to connect.</summary>
    /// <param name="name">The subscriber's name; its sockets are numbered.</param>
    /// <param name="addresses">Where to connect: the first one as long as it answers, then the next.</param>
    /// <param name="filter">What to subscribe to.</param>
    /// <param name="servers">Where the events go that show that a subscription is in force.</param>
    /// <param name="recorder">Where everything is recorded.</param>
    /// <param name="time">The clock.</param>
    public FluxSubscriber(
        string name, IReadOnlyList<Uri> addresses, string filter, IReadOnlyList<Uri> servers, HistoryRecorder recorder, TimeProvider time)
    {
        (_name, _addresses, _filter, _recorder, _time) = (name, addresses, filter, recorder, time);
        _client = new FluxClient($"{name}-probe", servers, recorder, time);
        _running = Task.Run(RunAsync);
    }

    /// <summary>Gets the close codes of the sockets that ended without being asked to; null for one that was cut off.</summary>
    public IReadOnlyList<WebSocketCloseStatus?> Endings
    {
        get
        {
            lock (_gate)
            {
                return [.. _endings];
            }
        }
    }

    /// <summary>Gets how long it was without a subscription in force, each time.</summary>
    public IReadOnlyList<TimeSpan> Absences
    {
        get
        {
            lock (_gate)
            {
                return [.. _absences];
            }
        }
    }

    /// <summary>Gets the subscriber's name.</summary>
    public string Name => _name;

    /// <summary>Waits until a subscription is in force.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The socket.</returns>
    /// <exception cref="TimeoutException">An event inside a subscription that was acknowledged never arrived.</exception>
    public async Task<FluxSocket> ArmedAsync(CancellationToken cancellationToken)
    {
        Task<FluxSocket> armed;
        lock (_gate)
        {
            armed = _armed.Task;
        }

        await Task.WhenAny(armed, _running).WaitAsync(cancellationToken);
        return _running.IsFaulted ? throw await FailureAsync() : await armed;
    }

    /// <summary>Waits until everything has arrived, once ingest has stopped. A socket that ends meanwhile is tried again.</summary>
    /// <param name="limit">How long to wait.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether the last event arrived.</returns>
    public async Task<bool> QuiesceAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        while (true)
        {
            var socket = await ArmedAsync(cancellationToken);
            if (await socket.QuiesceAsync(_client, limit, _time, cancellationToken))
            {
                return true;
            }

            if (!socket.Ended.IsCompleted)
            {
                return false;
            }

            await Task.Delay(RetryDelay, _time, cancellationToken);
        }
    }

    /// <summary>Ends the socket and connects no more.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A task that ends when the socket has.</returns>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _running.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _client.Dispose();
        _stopping.Dispose();
    }

    private async Task<Exception> FailureAsync()
    {
        try
        {
            await _running;
            return new InvalidOperationException("the subscriber has ended");
        }
        catch (TimeoutException e)
        {
            return e;
        }
    }

    private async Task RunAsync()
    {
        var (away, at) = (_time.GetTimestamp(), 0);
        for (var number = 1; !_stopping.IsCancellationRequested; number++)
        {
            await using var socket = await ConnectAsync(_addresses[at], string.Create(CultureInfo.InvariantCulture, $"{_name}-{number}"));
            if (socket is not null && await ArmAsync(socket))
            {
                Arrived(socket, _time.GetElapsedTime(away));
                await Task.WhenAny(socket.Ended, Task.Delay(Timeout.InfiniteTimeSpan, _time, _stopping.Token));
                await LeaveAsync(socket);
                (away, at) = (_time.GetTimestamp(), 0);
            }
            else
            {
                at = (at + 1) % _addresses.Count;
            }

            await PauseAsync();
        }
    }

    private async Task<FluxSocket?> ConnectAsync(Uri address, string name)
    {
        using var limit = new CancellationTokenSource(ConnectLimit, _time);
        try
        {
            return await FluxSocket.ConnectAsync(name, address, token: null, _recorder, limit.Token, CancellationToken.None);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            return null;
        }
    }

    private async Task<bool> ArmAsync(FluxSocket socket)
    {
        try
        {
            await socket.SubscribeAsync(_filter, _stopping.Token);
            await socket.ArmAsync(_client, _time, _stopping.Token);
            return true;
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            return false; // the node went away meanwhile
        }
    }

    private void Arrived(FluxSocket socket, TimeSpan absence)
    {
        lock (_gate)
        {
            _absences.Add(absence);
            _armed.TrySetResult(socket);
        }
    }

    private async Task LeaveAsync(FluxSocket socket)
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        var code = await socket.Ended;
        lock (_gate)
        {
            _endings.Add(code);
            _armed = new TaskCompletionSource<FluxSocket>(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private async Task PauseAsync()
    {
        try
        {
            await Task.Delay(RetryDelay, _time, _stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // It is told to stop.
        }
    }
}
