using System.Buffers;
using System.Threading.Channels;
using Flux.Core.Log;
using Flux.Core.Subscriptions;

namespace Flux.Server.Subscriptions.V2;

/// <summary>Sends the past of one subscription again, each change when it is due, until it is over or its client ends it.</summary>
/// <remarks>
/// One task reads and sends; the client's messages come from another. They meet under one lock, in which answers and frames are queued: whatever is queued
/// behind an answer is from after it. A message that changes the place or stops the clock begins a new stretch, and frames of a former one are thrown away and
/// read again. What is held is a page of the log and a block of frames.
/// </remarks>
internal sealed class Replay
{
    // What is due so soon goes along: fewer wake-ups and writes, and less than a timer of the platform is late.
    private static readonly TimeSpan Together = TimeSpan.FromMilliseconds(2);

    private readonly Subscription _subscription;
    private readonly LogPlace? _end; // null: when everything recorded was sent
    private readonly ChangeFeed _feed;
    private readonly FollowerTools _tools;
    private readonly LogPlaces _places;
    private readonly LogWalk _walk;
    private readonly ChangeBodies _bodies;
    private readonly ArrayBufferWriter<byte> _frames = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly Lock _gate = new();
    private readonly ReplayClock _clock; // with the gate, as all that follows
    private int _stretch;
    private Position _done; // everything in scope up to it is queued
    private Cursor _sent;   // the last change that is, or the place where the stretch began
    private bool _isOver;

    // The sending task's.
    private int _current = -1; // the stretch of what follows
    private IReadOnlyList<JudgedChange> _changes = [];
    private int _next;      // in _changes
    private Position _from; // _changes count from behind it
    private Position _read; // and are all up to it
    private Task<(IReadOnlyList<JudgedChange> Changes, Position Reached)>? _ahead; // what is read next, when nothing else is waited for
    private RecordedEvent? _last; // the last in _frames
    private long _lastWrite;

    public Replay(Subscription subscription, ReplayRequest request, LogPlace start, LogPlace? end, ChangeFeed feed, FollowerTools tools, LogPlaces places)
    {
        (_subscription, _end, _feed, _tools, _places) = (subscription, end, feed, tools, places);
        _walk = new LogWalk(subscription, tools);
        _bodies = new ChangeBodies(tools.Log.Epoch);
        _clock = new ReplayClock(tools.Time, request.Speed, request.MaxIdle);
        _lastWrite = tools.Time.GetTimestamp();
        Stand(start);
        if (request.IsPaused)
        {
            _clock.Pause();
        }
    }

    /// <summary>Gets a value indicating whether it goes live at its end.</summary>
    public bool GoesLive => _end is null;

    private CancellationToken Closed => _subscription.Connection.Closed;

    // The live path may not have come to the end of the log yet; what it brings is read then.
    private Position Limit => _end is { } end && end.Position < _feed.Position ? end.Position : _feed.Position;

    /// <summary>Tells its client that it begins.</summary>
    /// <returns>False when the client reads no answers; null when it is over.</returns>
    public bool? Begin() => Obey("replay"u8, static _ => { });

    /// <summary>Stops the clock.</summary>
    /// <returns>False when the client reads no answers; null when it is over.</returns>
    public bool? Pause() => Obey("pause"u8, static replay =>
    {
        replay._clock.Pause();
        replay._stretch++;
    });

    /// <summary>Lets the clock run on.</summary>
    /// <returns>False when the client reads no answers; null when it is over.</returns>
    public bool? Resume() => Obey("resume"u8, static replay => replay._clock.Resume());

    /// <summary>Changes the speed.</summary>
    /// <param name="times">How much faster than it was; null for as fast as the client reads.</param>
    /// <returns>False when the client reads no answers; null when it is over.</returns>
    public bool? ChangeSpeed(double? times) => Obey("speed"u8, replay => replay._clock.ChangeSpeed(times));

    /// <summary>Says whether it may go to a place.</summary>
    public bool Reaches(LogPlace place) => _end is not { } end || place.Position <= end.Position;

    /// <summary>Goes on from another place.</summary>
    /// <param name="place">A place that it reaches.</param>
    /// <returns>False when the client reads no answers; null when it is over.</returns>
    public bool? Seek(LogPlace place) => Obey("seek"u8, replay => replay.Stand(place));

    /// <summary>Ends it for its client.</summary>
    /// <returns>Whether it was under way.</returns>
    public bool Stop()
    {
        lock (_gate)
        {
            var isStopped = !_isOver && _subscription.End(ReplayFrames.Stopped(_subscription.Variant, _sent));
            _isOver = true;
            return isStopped;
        }
    }

    /// <summary>Sends until everything was sent that it is to send.</summary>
    /// <returns>The end.</returns>
    /// <exception cref="IOException">The socket or the subscription has ended.</exception>
    /// <exception cref="PredicateTooCostlyException">A predicate did not come to an end.</exception>
    public async Task<Cursor> RunAsync()
    {
        await using var timer = _tools.Time.CreateTimer(_ => Wake(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        while (true)
        {
            _wake.Reader.TryRead(out _); // what it was for is seen now
            if (await IsPausedAsync())
            {
                await PassAsync(timer, ProgressFrames.Period);
            }
            else if (_next < _changes.Count)
            {
                await SendNextAsync(timer);
            }
            else if (_read < (GoesLive ? _feed.Position : _end!.Value.Position))
            {
                await ReadOnAsync();
            }
            else if (await TryEndAsync(timer) is { } end)
            {
                return end;
            }
        }
    }

    // With the gate, or before anybody else knows it.
    private void Stand(LogPlace place)
    {
        _stretch++;
        _done = place.Position;
        _sent = place.Cursor;
        _clock.Set(place.Time);
    }

    private bool? Obey(ReadOnlySpan<byte> message, Action<Replay> change)
    {
        bool? isAnswered;
        lock (_gate)
        {
            if (_isOver)
            {
                return null;
            }

            change(this);
            isAnswered = _subscription.TryAnswer(ReplayFrames.Replaying(_subscription.Variant, message, _clock, _end?.Position, _sent));
        }

        Wake();
        return isAnswered;
    }

    private void Wake() => _wake.Writer.TryWrite(true);

    // Takes note of what the client has said meanwhile.
    private async ValueTask<bool> IsPausedAsync()
    {
        Position from;
        lock (_gate)
        {
            if (_stretch == _current)
            {
                return _clock.IsPaused;
            }

            _current = _stretch;
            from = _done;
        }

        if (_ahead is { } ahead)
        {
            await ahead; // one reads at a time; nobody wants it any more
            _ahead = null;
        }

        (_changes, _next, _from, _read) = ([], 0, from, from);
        _frames.ResetWrittenCount();
        await _tools.WaitForAsync(_feed, from, Closed); // a place that another silo has named may be ahead of this one for a moment
        lock (_gate)
        {
            return _clock.IsPaused;
        }
    }

    private async ValueTask SendNextAsync(ITimer timer)
    {
        var change = _changes[_next];
        ChangeKind kind;
        try
        {
            kind = _walk.Judge(change, _from, _read); // at each look: rights may end while it waits
        }
        catch (PredicateTooCostlyException)
        {
            await FlushAsync(); // the client is told that it has what came before
            throw;
        }

        if (kind == ChangeKind.None)
        {
            _next++;
            return;
        }

        if (Until(change.Recorded.RecordedAt) is var left && left > Together)
        {
            await FlushAsync();
            await PassAsync(timer, left);
            return;
        }

        _bodies.Start(change.Recorded, change.After, hasCursor: true);
        _bodies.Write(_frames, _subscription.Variant, kind);
        _last = change.Recorded;
        _next++;
        if (_frames.WrittenCount >= Outbox.FlushBytes)
        {
            await FlushAsync();
        }
    }

    private async ValueTask ReadOnAsync()
    {
        var limit = Limit;
        if (limit <= _read)
        {
            await FlushAsync();
            await _tools.WaitForAsync(_feed, _read.Next, Closed);
            return;
        }

        var reading = _ahead ?? _walk.ReadAsync(_read, limit);
        if (!reading.IsCompleted)
        {
            await FlushAsync(); // meanwhile
        }

        var (changes, reached) = await reading;
        (_changes, _next, _from, _read) = (changes, 0, _read, reached);

        // A page of PostgreSQL is waited for longer than its encoding and writing take.
        _ahead = IsHurrying() && reached < limit ? _walk.ReadAsync(reached, limit) : null;
        if (_frames.WrittenCount == 0)
        {
            lock (_gate)
            {
                _done = _stretch == _current && _done < _from ? _from : _done;
            }
        }

        SendProgress();
    }

    private async ValueTask<Cursor?> TryEndAsync(ITimer timer)
    {
        await FlushAsync();
        if (_end?.Time is { } due && Until(due) is var left && left > Together)
        {
            await PassAsync(timer, left);
            return null;
        }

        var end = _end?.Cursor ?? await _places.CursorAtAsync(_read, Closed);
        lock (_gate)
        {
            if (_stretch != _current || _isOver)
            {
                return null; // the client has said something, and the next look takes note of it
            }

            _isOver = true;
            return end;
        }
    }

    private bool IsHurrying()
    {
        lock (_gate)
        {
            return _clock.Speed is null;
        }
    }

    private TimeSpan Until(Timestamp due)
    {
        lock (_gate)
        {
            return _stretch == _current ? _clock.Until(due) : TimeSpan.Zero; // of a former stretch: it goes nowhere
        }
    }

    // Waits for something to do: until the next is due, the client has said something, or it wants to hear that all is well.
    private async ValueTask PassAsync(ITimer timer, TimeSpan left)
    {
        timer.Change(left < ProgressFrames.Period ? left : ProgressFrames.Period, Timeout.InfiniteTimeSpan);
        await _wake.Reader.ReadAsync(Closed);
        if (_subscription.IsEnded)
        {
            throw new IOException("The subscription has ended");
        }

        SendProgress();
    }

    private void SendProgress()
    {
        if (!_subscription.WantsProgress || _tools.Time.GetElapsedTime(_lastWrite) < ProgressFrames.Period)
        {
            return;
        }

        _lastWrite = _tools.Time.GetTimestamp();
        lock (_gate)
        {
            var frame = ReplayFrames.Progress(_subscription.Variant, _clock.Now, _sent);
            _subscription.TryOffer(frame, [new Piece(0, frame.Length)]); // a socket that is full has other news first
        }
    }

    private async ValueTask FlushAsync()
    {
        if (_frames.WrittenCount == 0)
        {
            return;
        }

        // One at a time for each socket, so that what waits for it stays bounded however many subscriptions it has.
        var turns = _subscription.Connection.CatchingUp;
        await turns.WaitAsync(Closed);
        try
        {
            Task writing;
            lock (_gate)
            {
                if (_stretch != _current)
                {
                    return; // of a former stretch
                }

                writing = _subscription.WriteAsync(_frames.WrittenMemory);
                _done = _last!.Position;
                _sent = Cursor.Behind(_tools.Log.Epoch, _last);
            }

            await writing;
        }
        finally
        {
            turns.Release();
        }

        _frames.ResetWrittenCount();
        _lastWrite = _tools.Time.GetTimestamp();
    }
}
