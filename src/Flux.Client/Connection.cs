using System.Buffers;
using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;

namespace Flux.Client;

/// <summary>One socket from the upgrade to its end: sends, receives into the subscriptions, and watches the silence.</summary>
/// <remarks>
/// One loop sends, one receives and hands on, and a timer watches. The receiving loop waits for nothing but the socket and, when a
/// subscription is full, for the application; the watch is told of the second, so that it never takes the application's slowness for the
/// server's silence.
/// </remarks>
internal sealed class Connection : IDisposable
{
    private const int ReadBytes = 16 * 1024;
    private const int KeptBytes = 1024 * 1024;

    // An entity has up to 16 MiB, which escapes can make longer. Beyond this the peer is no Flux.
    private const int LongestFrame = 128 * 1024 * 1024;

    // Roughly the objects around the bytes of a frame, so that many small ones are counted too.
    private const int ItemOverhead = 256;

    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(1);

    private readonly WebSocket _socket;
    private readonly TimeProvider _time;
    private readonly Action<FluxSubscription> _over;
    private readonly long _started;
    private readonly Channel<byte[]> _outgoing = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });


    // The receiving loop has ended.
    private readonly TaskCompletionSource _received = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guards all that follows: the receiving loop, the timers and the application meet here.
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Attendance> _attendances = new(StringComparer.Ordinal);
    private readonly SilenceWatch _watch;
    private int _absences;         // pings with this number were sent
    private bool _answered = true; // the last of them was answered: frames that come now were sent after the absence
    private bool _done;
    private ConnectionEnd? _end; // why this client ended it; null while it did not

    /// <summary>Takes over a socket whose upgrade is done.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="address">Where it leads.</param>
    /// <param name="options">The client's options.</param>
    /// <param name="doublings">How often catching up was given up before without getting anywhere.</param>
    /// <param name="over">Told of each subscription that the server ended for good.</param>
    public Connection(WebSocket socket, Uri address, FluxClientOptions options, int doublings, Action<FluxSubscription> over)
    {
        (_socket, Address, _time, _over) = (socket, address, options.Time, over);
        _started = _time.GetTimestamp();
        _watch = new SilenceWatch(options.SilenceLimit, options.AnswerLimit, doublings, TimeSpan.Zero);
    }

    public Uri Address { get; }

    /// <summary>Gets for how long it has lived.</summary>
    public TimeSpan Age => _time.GetElapsedTime(_started);

    /// <summary>Gets a value indicating whether a subscription was live on it.</summary>
    public bool WasLive { get; private set; }

    /// <summary>Subscribes, from where the subscription stands.</summary>
    /// <param name="subscription">The subscription.</param>
    public void Subscribe(FluxSubscription subscription)
    {
        lock (_gate)
        {
            var attendance = new Attendance(subscription);
            _attendances.Add(subscription.Name, attendance);
            Ask(attendance);
        }
    }

    /// <summary>Ends a subscription on the server.</summary>
    /// <param name="subscription">The subscription.</param>
    public void Unsubscribe(FluxSubscription subscription)
    {
        lock (_gate)
        {
            if (_attendances.Remove(subscription.Name, out var attendance))
            {
                attendance.Dispose();
                Send(json => json.WriteString("type", "unsubscribe"), json => json.WriteString("sub", subscription.Name));
            }
        }
    }

    /// <summary>Sends a message about a subscription, if the server knows of it.</summary>
    /// <param name="subscription">The subscription.</param>
    /// <param name="message">The message.</param>
    public void Send(FluxSubscription subscription, byte[] message)
    {
        lock (_gate)
        {
            if (_attendances.TryGetValue(subscription.Name, out var attendance) && attendance.At is not Attendance.Stage.Refused)
            {
                _outgoing.Writer.TryWrite(message);
            }
        }
    }

    /// <summary>Serves the socket until it ends.</summary>
    /// <param name="cancellationToken">Closes it.</param>
    /// <returns>How it ended.</returns>
    public async Task<ConnectionEnd> RunAsync(CancellationToken cancellationToken)
    {
        ConnectionEnd end;
        var timer = _time.CreateTimer(_ => Watch(), state: null, _watch.Tick, _watch.Tick);
        var sending = SendAsync();
        await using (timer.ConfigureAwait(false))
        await using (cancellationToken.Register(() => _outgoing.Writer.TryComplete()).ConfigureAwait(false))
        {
            end = await ReceiveAsync().ConfigureAwait(false);
            _received.SetResult();
            _outgoing.Writer.TryComplete();
            await sending.ConfigureAwait(false);
        }

        lock (_gate)
        {
            _done = true;
            foreach (var attendance in _attendances.Values)
            {
                attendance.Dispose();
            }

            return _end ?? end;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private async Task SendAsync()
    {
        try
        {
            await foreach (var message in _outgoing.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                await _socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None)
                    .ConfigureAwait(false);
            }

            using var limit = new CancellationTokenSource(CloseLimit, _time);
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, limit.Token).ConfigureAwait(false);
            await _received.Task.WaitAsync(limit.Token).ConfigureAwait(false); // the other side says good-bye too
            return;
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection is broken. The receiving loop hears so too, and says how.
        }

        _socket.Abort();
    }

    private async Task<ConnectionEnd> ReceiveAsync()
    {
        var message = new ArrayBufferWriter<byte>(ReadBytes);
        try
        {
            while (true)
            {
                var part = await _socket.ReceiveAsync(message.GetMemory(ReadBytes), CancellationToken.None).ConfigureAwait(false);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    return Closed();
                }

                message.Advance(part.Count);
                if (message.WrittenCount > LongestFrame)
                {
                    return Misunderstood($"the server sent a frame of more than {LongestFrame} bytes", inner: null);
                }

                if (!part.EndOfMessage)
                {
                    Heard(provesFeed: true); // only frames of subscriptions come in parts
                    continue;
                }

                if (await ObeyAsync(message.WrittenMemory).ConfigureAwait(false) is { } end)
                {
                    return end;
                }

                if (message.Capacity > KeptBytes)
                {
                    message = new ArrayBufferWriter<byte>(ReadBytes);
                }
                else
                {
                    message.ResetWrittenCount();
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            return new ConnectionEnd.Lost(CloseCode.Abnormal, e.Message);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return Misunderstood($"the server sent what is no frame of {FluxClient.Subprotocol}: {e.Message}", e);
        }
    }

    private ConnectionEnd Closed()
    {
        var code = (int?)_socket.CloseStatus ?? CloseCode.Abnormal;
        var reason = _socket.CloseStatusDescription ?? string.Empty;
        return CloseCode.IsFinal(code)
            ? new ConnectionEnd.Final(new FluxConnectionException(code, reason))
            : new ConnectionEnd.Lost(code, reason);
    }

    private static ConnectionEnd.Final Misunderstood(string message, Exception? inner) => new(new FluxProtocolException(message, inner));

    private async ValueTask<ConnectionEnd?> ObeyAsync(ReadOnlyMemory<byte> message)
    {
        var frame = Frame.Parse(message.Span);
        Heard(provesFeed: frame.Sub is not null);
        if (frame.Sub is null)
        {
            return ObeyForAll(frame);
        }

        if (Find(frame.Sub) is not { } attendance)
        {
            return null; // was on its way when the application had enough
        }

        var subscription = attendance.Subscription;
        var bytes = message.Length + ItemOverhead;
        switch (frame.Type)
        {
            case "unsubscribed":
                break;
            case "subscribed":
                if (subscription.MustRestart)
                {
                    await HandOverAsync(subscription, new SubscriptionItem.Restarted(), ItemOverhead).ConfigureAwait(false);
                }

                Arrive(attendance, subscription.BeginsLive ? Attendance.Stage.Live : Attendance.Stage.CatchingUp);
                await HandOverAsync(subscription, subscription.Subscribed(frame), bytes).ConfigureAwait(false);
                break;
            case "replaying":
                subscription.Replay?.OnAnswered(frame.Answer, frame.End);
                if (frame.Answer is "replay")
                {
                    Arrive(attendance, Attendance.Stage.CatchingUp);
                    if (subscription.Replay is { IsStopping: true } stopping)
                    {
                        Send(subscription, stopping.Stop(subscription.Name)); // perhaps once more: it may have been lost
                    }
                }

                await HandOverAsync(subscription, frame.ToItem(message.Span), bytes).ConfigureAwait(false);
                break;
            case "replayed" or "stopped":
                await HandOverAsync(subscription, frame.ToItem(message.Span), bytes).ConfigureAwait(false);
                EndReplay(attendance, frame.Type);
                break;
            case "error" or "cursor_unknown" when frame.Refused is not null:
                subscription.Replay?.OnAnswered(frame.Refused, end: null);
                await HandOverAsync(subscription, frame.ToRefusal(), bytes).ConfigureAwait(false);
                break;
            case "error":
                Refuse(attendance, frame);
                break;
            case "cursor_unknown":
                Forget(attendance);
                await HandOverAsync(subscription, frame.ToItem(message.Span), bytes).ConfigureAwait(false);
                subscription.End(error: null);
                break;
            default:
                if (frame.Type is "caught_up" or "progress")
                {
                    Arrive(attendance, Attendance.Stage.Live);
                }

                await HandOverAsync(subscription, frame.ToItem(message.Span), bytes).ConfigureAwait(false);
                break;
        }

        return null;
    }

    private ConnectionEnd.Final? ObeyForAll(Frame frame)
    {
        switch (frame.Type)
        {
            case "error":
                return Misunderstood($"the server refused a message: {frame.Code}: {frame.Error}", inner: null);
            case "pong" when frame.Data is { } data:
                lock (_gate)
                {
                    _answered |= data == Number(_absences);
                }

                return null;
            default:
                return null; // pongs, and what a newer server may have to say
        }
    }

    // Waits for the application when it has enough. Nothing else is read meanwhile: that is what slows the server down.
    private async ValueTask HandOverAsync(FluxSubscription subscription, SubscriptionItem item, int bytes)
    {
        while (!subscription.TryHandOver(item, bytes))
        {
            lock (_gate)
            {
                _watch.Stall(Age);
            }

            await subscription.WaitForRoomAsync().ConfigureAwait(false);
            lock (_gate)
            {
                _watch.Resume(Age);
                NoteAbsence();
            }
        }
    }

    private Attendance? Find(string name)
    {
        lock (_gate)
        {
            return _attendances.GetValueOrDefault(name);
        }
    }

    private void Heard(bool provesFeed)
    {
        lock (_gate)
        {
            _watch.Heard(Age, provesFeed);
            NoteAbsence();
        }
    }

    private void Arrive(Attendance attendance, Attendance.Stage stage)
    {
        lock (_gate)
        {
            // What was sent before this client was away does not say how things stand now.
            attendance.At = _answered ? stage : Attendance.Stage.CatchingUp;
            attendance.Subscription.Retries.Reset();
            WasLive |= attendance.At is Attendance.Stage.Live;
        }
    }

    private void Forget(Attendance attendance)
    {
        lock (_gate)
        {
            _attendances.Remove(attendance.Subscription.Name);
        }

        _over(attendance.Subscription);
    }

    private void EndReplay(Attendance attendance, string type)
    {
        if (type is "replayed" && attendance.Subscription.Replay is { GoesLive: true } replay)
        {
            replay.OnReplayed();
            Arrive(attendance, Attendance.Stage.CatchingUp);
            return;
        }

        Forget(attendance);
        attendance.Subscription.End(error: null);
    }

    private void Refuse(Attendance attendance, Frame frame)
    {
        if (frame.Code is not "unavailable")
        {
            Forget(attendance);
            attendance.Subscription.End(new FluxSubscriptionException(
                frame.Code ?? "error", frame.Error ?? "no text", frame.Position, frame.Cursor, frame.Line, frame.Column));
            return;
        }

        lock (_gate)
        {
            attendance.Subscription.ResumeAfter(frame.Cursor);
            attendance.At = Attendance.Stage.Refused;
            attendance.Retry?.Dispose();
            attendance.Retry = _time.CreateTimer(
                _ => AskAgain(attendance), state: null, attendance.Subscription.Retries.Next(), Timeout.InfiniteTimeSpan);
        }
    }

    private void AskAgain(Attendance attendance)
    {
        lock (_gate)
        {
            if (!_done && attendance.At is Attendance.Stage.Refused && _attendances.ContainsValue(attendance))
            {
                Ask(attendance);
            }
        }
    }

    // With _gate.
    private void Ask(Attendance attendance)
    {
        if (Mode() is not WatchMode.Live)
        {
            _watch.Begin(Age);
        }

        attendance.At = Attendance.Stage.Asked;
        _outgoing.Writer.TryWrite(attendance.Subscription.ToMessage());
    }

    private void Watch()
    {
        lock (_gate)
        {
            if (_done || _end is not null)
            {
                return;
            }

            var verdict = _watch.Judge(Age, Mode());
            NoteAbsence();
            switch (verdict.Kind)
            {
                case SilenceVerdict.Step.SendPing:
                    Send(json => json.WriteString("type", "ping"));
                    return;
                case SilenceVerdict.Step.GiveUp:
                    _end = new ConnectionEnd.Silent(verdict.Silence, verdict.RanOutOfPatience);
                    break;
                default:
                    return;
            }
        }

        _socket.Abort();
    }

    // With _gate. What was live may have left the live path while this client did not read, and is not until it says so in a frame from
    // after that.
    private void NoteAbsence()
    {
        if (!_watch.WasAbsent)
        {
            return;
        }

        _watch.ForgetAbsence();
        foreach (var attendance in _attendances.Values)
        {
            if (attendance.At is Attendance.Stage.Live)
            {
                attendance.At = Attendance.Stage.CatchingUp;
            }
        }

        _absences++;
        _answered = false;
        Send(json => json.WriteString("type", "ping"), json => json.WriteString("data", Number(_absences)));
    }

    // With _gate.
    private WatchMode Mode()
    {
        var mode = WatchMode.Idle;
        foreach (var attendance in _attendances.Values)
        {
            mode = (attendance.At, attendance.Subscription.Request.Progress) switch
            {
                (Attendance.Stage.Live, true) => WatchMode.Live,
                (Attendance.Stage.Asked, _) when mode is not WatchMode.Live => WatchMode.Asked,
                (Attendance.Stage.CatchingUp, true) when mode is WatchMode.Idle => WatchMode.CatchingUp,
                _ => mode,
            };
            if (mode is WatchMode.Live)
            {
                break;
            }
        }

        return mode;
    }

    private void Send(params ReadOnlySpan<Action<Utf8JsonWriter>> members)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            foreach (var member in members)
            {
                member(json);
            }

            json.WriteEndObject();
        }

        _outgoing.Writer.TryWrite(bytes.WrittenSpan.ToArray());
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
