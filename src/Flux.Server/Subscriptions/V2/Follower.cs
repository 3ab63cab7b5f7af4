using System.Buffers;
using Flux.Core.Entities;
using Flux.Core.Expressions;
using Flux.Core.Log;
using Flux.Core.Subscriptions;

namespace Flux.Server.Subscriptions.V2;

/// <summary>Leads one subscription along the log, at its client's pace, until it can join the live path.</summary>
internal sealed class Follower(Subscription subscription, ChangeFeed feed, FollowerTools tools)
{
    private const int SnapshotRows = 500;
    private const long ConflationBytes = 256 * 1024;

    private static readonly TimeSpan SnapshotPatience = TimeSpan.FromSeconds(2);

    // A block that takes so long to write is one that a slow client reads.
    private static readonly TimeSpan SlowWrite = TimeSpan.FromSeconds(1);

    private readonly LogWalk _walk = new(subscription, tools);
    private readonly ArrayBufferWriter<byte> _frames = new();
    private ChangeBodies? _bodies;
    private Conflation? _conflation;
    private long _lastWrite = tools.Time.GetTimestamp();
    private bool _isSlow;

    private CancellationToken Closed => subscription.Connection.Closed;

    /// <summary>Sends the state of all entities in scope, and then everything that comes behind it.</summary>
    /// <exception cref="IOException">The socket or the subscription has ended.</exception>
    public async Task SnapshotAndFollowAsync()
    {
        var snapshot = await SendSnapshotAsync();
        await WriteAsync(Frames.CaughtUp(subscription.Variant, await CursorAtAsync(snapshot)));
        await FollowAsync(snapshot, announce: null);
    }

    /// <summary>Sends everything that comes behind a position, and joins the live path.</summary>
    /// <param name="at">The position.</param>
    /// <param name="isSlow">Whether it is here because its client was too slow.</param>
    /// <exception cref="IOException">The socket or the subscription has ended.</exception>
    public Task CatchUpAsync(Position at, bool isSlow)
    {
        _isSlow = isSlow;
        return FollowAsync(at, cursor => Frames.CaughtUp(subscription.Variant, cursor));
    }

    private async Task FollowAsync(Position at, Func<Cursor, byte[]>? announce)
    {
        // A cursor of another silo may be ahead of this one for a moment.
        await tools.WaitForAsync(feed, at, Closed);
        while (true)
        {
            // The socket takes first what already waits for it; only then there is room for more, however many subscriptions it has.
            await WriteAsync(default);
            if (feed.TryJoin(subscription, at, announce))
            {
                return;
            }

            var conflates = _isSlow && subscription.Slow == SlowMode.Conflate;
            at = conflates ? await ConflateAsync(at, feed.Position) : await SendAsync(at, feed.Position, isWanted: null);
            await SendProgressAsync(at);
        }
    }

    /// <summary>Sends the changes behind a position: a page of them, at most up to a limit.</summary>
    /// <returns>Up to where.</returns>
    private async Task<Position> SendAsync(Position at, Position limit, Func<string, bool>? isWanted)
    {
        var (changes, reached) = await _walk.ReadAsync(at, limit);
        try
        {
            foreach (var change in changes)
            {
                if (Judge(change, at, limit, isWanted) is var kind and not ChangeKind.None)
                {
                    _bodies ??= new ChangeBodies(tools.Log.Epoch);
                    _bodies.Start(change.Recorded, change.After, hasCursor: isWanted is null);
                    _bodies.Write(_frames, subscription.Variant, kind);
                    if (_frames.WrittenCount >= Outbox.FlushBytes)
                    {
                        await FlushAsync();
                    }
                }
            }
        }
        catch (PredicateTooCostlyException)
        {
            await FlushAsync(); // the client is told that it has what came before
            throw;
        }

        await FlushAsync();
        return reached;
    }

    /// <summary>Makes one change of many for each entity, from as much of the log as is there or as memory allows.</summary>
    /// <returns>Up to where.</returns>
    private async Task<Position> ConflateAsync(Position at, Position limit)
    {
        var from = at.Next;
        _conflation ??= new Conflation(tools.Log.Epoch);
        _conflation.Clear(); // nothing was sent of what an interrupted read had taken
        while (at < limit && _conflation.Bytes < ConflationBytes)
        {
            var (changes, reached) = await _walk.ReadAsync(at, limit);
            try
            {
                foreach (var change in changes)
                {
                    if (Judge(change, at, limit, isWanted: null) is var kind and not ChangeKind.None)
                    {
                        _conflation.Take(change, kind);
                    }
                }
            }
            catch (PredicateTooCostlyException e)
            {
                await FlushMergedAsync(from, e.Before!.Value); // the client is told that it has what came before
                throw;
            }

            at = reached;
        }

        await FlushMergedAsync(from, at);
        return at;
    }

    private async Task FlushMergedAsync(Position from, Position to)
    {
        if (!_conflation!.IsEmpty)
        {
            _conflation.Flush(_frames, subscription.Variant, from, await CursorAtAsync(to));
            await FlushAsync();
        }
    }

    // What was too costly among the changes of a snapshot stands behind no position that its client could resume from.
    private ChangeKind Judge(JudgedChange change, Position at, Position limit, Func<string, bool>? isWanted)
    {
        if (isWanted is null)
        {
            return _walk.Judge(change, at, limit);
        }

        try
        {
            return change.Recorded.Data.Payload.EntityId is { } id && isWanted(id) ? _walk.Judge(change, at, limit) : ChangeKind.None;
        }
        catch (PredicateTooCostlyException)
        {
            throw new PredicateTooCostlyException(before: null);
        }
    }

    /// <summary>Sends the rows in order of their ids. Before each page come the changes that rows sent before it have seen since.</summary>
    /// <returns>The position that all rows together show.</returns>
    private async Task<Position> SendSnapshotAsync()
    {
        // It shows at least what was there when it was asked for: of changes in between, a predicate over changes would let some pass.
        var least = feed.Position;
        while (!await tools.PersistAsync(async () => await tools.ReadModel.WaitForAsync(least, SnapshotPatience, Closed), Closed))
        {
        }

        Position? at = null;
        foreach (var range in subscription.Scope.ToRanges())
        {
            for (EntityRange? rest = range; rest is { } next;)
            {
                var page = await ReadRowsAsync(next);
                while (at is { } shown && shown < page.Position)
                {
                    at = await SendAsync(shown, page.Position, id => EntityIdOrder.Instance.Compare(id, next.Start) < 0);
                }

                if (at > page.Position)
                {
                    throw new EventLogUnavailableException("the read model is being built anew; subscribe again");
                }

                await SendRowsAsync(page);
                (at, rest) = (page.Position, page.Rest);
            }
        }

        return at ?? Position.Start;
    }

    private async Task<EntityPage> ReadRowsAsync(EntityRange range)
    {
        var page = await tools.PersistAsync(
            async () =>
            {
                using var turn = await _walk.TakeTurnAsync();
                return await tools.ReadModel.ReadPageAsync(range, SnapshotRows, Closed);
            },
            Closed);

        // What is shown must have been heard of here: whom it may be shown to is known from the same feed.
        await tools.WaitForAsync(feed, page.Position, Closed);
        return page;
    }

    private async Task SendRowsAsync(EntityPage page)
    {
        foreach (var row in page.Entities)
        {
            if (subscription.MayRead(row.Id) && Matches(row))
            {
                Frames.WriteEntity(_frames, subscription.Variant, row);
                if (_frames.WrittenCount >= Outbox.FlushBytes)
                {
                    await FlushAsync();
                }
            }
        }

        await FlushAsync();
        if (IsProgressDue())
        {
            await WriteAsync(Frames.Progress(subscription.Variant, page.Position));
        }
    }

    private bool Matches(ListedEntity row)
    {
        if (subscription.Where is not { IsOverState: true } where)
        {
            return true;
        }

        return where.Judge(new EntityView(row.Id, EntityState.ReadProperties(row.Properties))) switch
        {
            Verdict.Yes => true,
            Verdict.No => false,
            _ => throw new PredicateTooCostlyException(before: null),
        };
    }

    private async Task SendProgressAsync(Position at)
    {
        if (IsProgressDue())
        {
            await WriteAsync(Frames.Progress(subscription.Variant, await CursorAtAsync(at)));
        }
    }

    private Task<Cursor> CursorAtAsync(Position position) => tools.PersistAsync(
        async () => await tools.FindCursorAsync(feed, position, Closed) ?? throw new EventLogUnavailableException($"the log does not show position {position} yet"),
        Closed);

    private bool IsProgressDue() => subscription.WantsProgress && tools.Time.GetElapsedTime(_lastWrite) >= ProgressFrames.Period;

    private async Task FlushAsync()
    {
        if (_frames.WrittenCount > 0)
        {
            await WriteAsync(_frames.WrittenMemory);
            _frames.ResetWrittenCount();
        }
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> frames)
    {
        // One at a time for each socket, so that what waits for it stays bounded however many subscriptions it has.
        await subscription.Connection.CatchingUp.WaitAsync(Closed);
        var started = tools.Time.GetTimestamp();
        try
        {
            await subscription.WriteAsync(frames);
        }
        finally
        {
            subscription.Connection.CatchingUp.Release();
        }

        var ended = tools.Time.GetTimestamp();
        _lastWrite = frames.IsEmpty ? _lastWrite : ended;
        _isSlow |= tools.Time.GetElapsedTime(started, ended) > SlowWrite;
    }
}
