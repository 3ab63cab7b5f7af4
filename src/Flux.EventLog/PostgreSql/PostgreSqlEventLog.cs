using System.Globalization;
using Flux.Core;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.EventLog.Rows;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Flux.EventLog.PostgreSql;

/// <summary>The log on PostgreSQL: any number of silos append to it, each with one commit in flight, and the head's row orders them.</summary>
/// <remarks>
/// An append sends its rows and lets the fences decide. Only when one of them objects it asks what is there (<see cref="AppendFences"/>). When the
/// answer to a commit is lost, this writer fences the name under which it was sent, and only then looks for the commit: what is not there by then
/// never will be. It goes on under a new name.
/// </remarks>
public sealed partial class PostgreSqlEventLog : IEventLog, ILogSize, IRowHashes, IFeedListener, IWriterFence, IAsyncDisposable
{
    // More than a projection is behind between two looks, and little enough not to grow old in memory.
    private static readonly long RecentBytes = MemoryBudget.Of(16 * 1024 * 1024);

    // Each means that another writer was faster within a round trip; two activations of an entity live for seconds at most.
    private const int MaxJudgements = 5;

    // How often the head is asked for when nothing tells that it moved.
    private static readonly TimeSpan HeadPeriod = TimeSpan.FromMilliseconds(500);

    private readonly PostgreSqlSources _sources;
    private readonly PostgreSqlOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<PostgreSqlEventLog> _logger;
    private readonly LogReads _reads;
    private readonly PartitionKeeper _partitions;
    private readonly RecentEvents _recent = new(RecentBytes);
    private readonly LostTail _lostTail;
    private readonly LogClock _clock; // the database's, as it was with the last head
    private readonly Lock _moreGate = new();
    private TaskCompletionSource? _more;
    private long _knownHead;

    // The appending connection and its statement: one append at a time. Null after a failure.
    private NpgsqlConnection? _connection;
    private AppendCommand? _append;
    private int _isAppending;

    // An append whose outcome is not known. The name under which it was sent must be fenced before the next one is sent.
    private Guid? _unsettled;
    private string? _silo;
    private int _incarnation;
    private Task _partitioning = Task.CompletedTask;

    internal PostgreSqlEventLog(
        PostgreSqlSources sources, Guid epoch, PartitionKeeper partitions, PostgreSqlOptions options, TimeProvider timeProvider,
        ILogger<PostgreSqlEventLog> logger)
    {
        (_sources, _options, _timeProvider, _logger, _partitions) = (sources, options, timeProvider, logger, partitions);
        Epoch = epoch;
        _clock = new LogClock(timeProvider);
        _reads = new LogReads(sources.Read, sources.Head);
        _lostTail = new LostTail(_recent, _reads, logger);
    }

    /// <inheritdoc/>
    public Guid Epoch { get; }

    /// <inheritdoc/>
    public Timestamp Now => _clock.Read();

    /// <summary>Gets or sets who hears that this writer was fenced, or that the log lost what it had seen. It must end the process.</summary>
    public Action? OnFenced { get; set; }

    // The name of this try first: it is kept with the commit. The silo's name fences all of them.
    private string[] Writer => [string.Create(CultureInfo.InvariantCulture, $"{_silo}#{_incarnation}"), _silo!];

    /// <summary>Gives this writer the name of its silo, once, before the first append: the others fence it by that name.</summary>
    /// <param name="silo">The silo's address with its generation.</param>
    public void StartAs(string silo) => _silo = silo;

    /// <inheritdoc/>
    public async ValueTask<AppendResult[]> AppendAsync(IReadOnlyList<EventToAppend> events, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Interlocked.Exchange(ref _isAppending, 1) != 0)
        {
            throw new InvalidOperationException("two appends at a time: each silo has one writer");
        }

        try
        {
            for (var i = 0; i < events.Count; i++)
            {
                if ((events[i].Data.Payload.EntityId is null) != (events[i].Version == 0))
                {
                    throw new ArgumentException($"event {i} has version {events[i].Version} and entity '{events[i].Data.Payload.EntityId}'", nameof(events));
                }
            }

            return await AppendAsync(events).ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _isAppending, 0);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<LogHead> ReadHeadAsync(CancellationToken cancellationToken)
    {
        var seen = _lostTail.Seen; // before the question is sent: what is seen meanwhile may be newer than the answer
        var answer = await GuardAsync(_reads.ReadHeadAsync(seen?.Position ?? Position.Start, cancellationToken)).ConfigureAwait(false);

        // With that defect the last append is not there yet.
        if (seen is not null && !LostTail.IsIn(seen, answer) && !Defect.IsOn(Defect.CommitsLate))
        {
            if (await _lostTail.TellAsync(answer.Head, cancellationToken).ConfigureAwait(false))
            {
                OnFenced?.Invoke();
            }

            throw new EventLogUnavailableException("the database has lost events that this silo has seen: the silo starts anew");
        }

        _clock.Set(answer.Now);
        See(answer.Head);
        return answer.Head;
    }

    /// <inheritdoc/>
    public ValueTask<long> ReadBytesAsync(CancellationToken cancellationToken) => GuardAsync(_reads.ReadBytesAsync(cancellationToken));

    /// <inheritdoc/>
    public async ValueTask<LogPage> ReadAsync(
        LogScope scope, Position from, ReadDirection direction, int maxCount, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCount, 1);
        var isForward = direction == ReadDirection.Forward;
        if (scope is LogScope.Everything && isForward && ReadRecent(from, maxCount) is { } recent)
        {
            return recent;
        }

        if (scope is LogScope.OfEntity entity)
        {
            return await GuardAsync(ReadEntityPageAsync(entity.Key, from.Value, direction, maxCount, cancellationToken)).ConfigureAwait(false);
        }

        // The head only says where to stop: what ends before the one that is known needs no question where it is now.
        var last = isForward ? Math.Max(from.Value, 1) + (scope is LogScope.Everything ? maxCount : LogReads.MaxScanned) : from.Value;
        var known = Volatile.Read(ref _knownHead);
        var head = last <= known ? known : (await ReadHeadAsync(cancellationToken).ConfigureAwait(false)).Position.Value;
        var start = isForward ? Math.Max(from.Value, 1) : Math.Min(from.Value, head);
        if (isForward ? start > head : start < 1)
        {
            return new LogPage([], isForward ? new Position(start) : Position.Start, IsLast: true);
        }

        return await GuardAsync(ReadPageAsync((scope as LogScope.OfNamespace)?.Name, start, head, direction, maxCount, cancellationToken))
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<RecordedEvent>> ReadEntityAsync(
        EntityKey key, long afterVersion, int maxCount, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCount, 1);
        return await GuardAsync(_reads.ReadEntityAsync(key.Id, afterVersion, maxCount, cancellationToken)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<RecordedEvent?> FindByEventIdAsync(string ns, string eventId, CancellationToken cancellationToken) =>
        GuardAsync(_reads.FindByEventIdAsync(ns, eventId, cancellationToken));

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<RecordedEvent>> ReadEffectsAsync(
        Position cause, Position after, int maxCount, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCount, 1);
        return await GuardAsync(_reads.ReadEffectsAsync(cause.Value, after.Value, maxCount, cancellationToken)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<Position> FindPositionAsync(Timestamp time, CancellationToken cancellationToken) =>
        await GuardAsync(_reads.FindPositionAsync(time, cancellationToken)).ConfigureAwait(false) is { } found
            ? new Position(found)
            : (await ReadHeadAsync(cancellationToken).ConfigureAwait(false)).Position.Next;

    /// <inheritdoc/>
    public async ValueTask<Position> WaitForMoreAsync(Position position, CancellationToken cancellationToken)
    {
        while (Volatile.Read(ref _knownHead) <= position.Value)
        {
            Task more;
            lock (_moreGate)
            {
                _more ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                more = _more.Task;
            }

            if (Volatile.Read(ref _knownHead) > position.Value)
            {
                break;
            }

            try
            {
                await more.WaitAsync(HeadPeriod, _timeProvider, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                await ReadHeadAsync(cancellationToken).ConfigureAwait(false); // another silo may have committed, and told nobody
            }
        }

        return new Position(Volatile.Read(ref _knownHead));
    }

    /// <inheritdoc/>
    async ValueTask<IReadOnlyList<byte[]?>> IRowHashes.ReadHashesAsync(
        IReadOnlyList<(string Entity, long Version)> events, CancellationToken cancellationToken) =>
        await GuardAsync(_reads.ReadHashesAsync(events, cancellationToken)).ConfigureAwait(false);

    /// <inheritdoc/>
    public void OnFeed(IReadOnlyList<RecordedEvent> events)
    {
        _recent.Add([.. events]);
        SeeHead(events[^1].Position.Value);
    }

    /// <inheritdoc/>
    public async Task FenceAsync(string[] silos, CancellationToken cancellationToken) =>
        await GuardAsync(AppendFences.FenceAsync(_sources.Append, silos, commitId: null, cancellationToken)).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _partitioning.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // logged where it fails
        await DisconnectAsync().ConfigureAwait(false);
    }

    private static async ValueTask<T> GuardAsync<T>(ValueTask<T> read)
    {
        try
        {
            return await read.ConfigureAwait(false);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw new EventLogUnavailableException("the event log cannot be read", e);
        }
    }

    private static bool IsOfStore(Exception e) => e is NpgsqlException or TimeoutException or IOException or OperationCanceledException;

    private static EventLogUnavailableException Refusal(Exception e) => e is PostgresException { SqlState: PostgresErrorCodes.DiskFull }
        ? new StorageFullException("the event log has no room left", e)
        : new EventLogUnavailableException("the event log cannot be written to", e);

    private LogPage? ReadRecent(Position from, int maxCount)
    {
        var rows = new RecordedEvent[Math.Min(maxCount, 1000)];
        if (!_recent.TryCopy(from.Value, ReadDirection.Forward, rows, out var count))
        {
            return null;
        }

        var page = new PageBuilder(maxCount);
        for (var i = 0; i < count && page.TryAdd(rows[i]); i++)
        {
        }

        var last = page.Events[^1].Position;
        return new LogPage(page.Events, last.Next, IsLast: last.Value >= Volatile.Read(ref _knownHead));
    }

    private async ValueTask<LogPage> ReadPageAsync(
        string? ns, long start, long head, ReadDirection direction, int maxCount, CancellationToken cancellationToken)
    {
        var page = new PageBuilder(maxCount);
        var last = await _reads.ReadAsync(ns, start, head, direction, page, maxCount, cancellationToken).ConfigureAwait(false);
        return direction == ReadDirection.Forward
            ? new LogPage(page.Events, new Position(last + 1), IsLast: last >= head)
            : new LogPage(page.Events, new Position(last - 1), IsLast: last <= 1);
    }

    private async ValueTask<LogPage> ReadEntityPageAsync(
        EntityKey key, long from, ReadDirection direction, int maxCount, CancellationToken cancellationToken)
    {
        var isForward = direction == ReadDirection.Forward;
        var (before, head) = await _reads.FindVersionBeforeAsync(
            key.Id, isForward || from == long.MaxValue ? from : from + 1, cancellationToken).ConfigureAwait(false);
        SeeHead(head);
        var page = new PageBuilder(maxCount);
        var isLast = (before == 0 && !isForward)
            || await _reads.ReadEntityAsync(key.Id, before, direction, page, maxCount, cancellationToken).ConfigureAwait(false);
        var last = page.Events.Count == 0 ? 0 : page.Events[^1].Position.Value;
        return isForward
            ? new LogPage(page.Events, new Position(isLast ? Math.Max(Math.Max(head, last) + 1, from) : last + 1), isLast)
            : new LogPage(page.Events, isLast ? Position.Start : new Position(last - 1), isLast);
    }

    private async Task<AppendResult[]> AppendAsync(IReadOnlyList<EventToAppend> events)
    {
        using var deadline = new CancellationTokenSource(_options.AppendTimeout, _timeProvider);
        await ConnectAsync(deadline.Token).ConfigureAwait(false);
        var commitId = Guid.NewGuid();
        CommitRow? commit;
        try
        {
            commit = await SendAsync(events, commitId, deadline.Token).ConfigureAwait(false);
        }
        catch (PostgresException e) when (AppendCommand.IsFence(e))
        {
            // A fence objects, and nothing was written. Never decided by the constraint's name: the statement stops at the first of several.
            return await AppendJudgedAsync(events, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (IsOfStore(e))
        {
            commit = await SettleAsync(commitId, e).ConfigureAwait(false);
        }

        var everything = new AppendJudgement([.. Enumerable.Range(0, events.Count)], [], new AppendResult?[events.Count]);
        return everything.Complete(Publish(events, commit));
    }

    private async Task<AppendResult[]> AppendJudgedAsync(IReadOnlyList<EventToAppend> events, CancellationToken deadline)
    {
        for (var judgements = 1; ; judgements++)
        {
            AppendJudgement judgement;
            try
            {
                judgement = await AppendFences.JudgeAsync(_connection!, events, deadline).ConfigureAwait(false);
            }
            catch (Exception e) when (IsOfStore(e))
            {
                throw await RefuseAsync(e).ConfigureAwait(false);
            }

            if (judgement.Accepted.Count == 0)
            {
                return judgement.Complete([]);
            }

            EventToAppend[] accepted = [.. judgement.Accepted.Select(i => events[i])];
            var commitId = Guid.NewGuid();
            CommitRow? commit;
            try
            {
                commit = await SendAsync(accepted, commitId, deadline).ConfigureAwait(false);
            }
            catch (PostgresException e) when (AppendCommand.IsFence(e))
            {
                // Another writer was faster since they were judged, and nothing was written.
                if (judgements == MaxJudgements || deadline.IsCancellationRequested)
                {
                    throw new EventLogUnavailableException("other writers keep taking the versions or ids of these events", e);
                }

                continue;
            }
            catch (Exception e) when (IsOfStore(e))
            {
                commit = await SettleAsync(commitId, e).ConfigureAwait(false);
            }

            return judgement.Complete(Publish(accepted, commit));
        }
    }

    private async Task<CommitRow?> SendAsync(IReadOnlyList<EventToAppend> events, Guid commitId, CancellationToken deadline)
    {
        while (true)
        {
            try
            {
                // No token: cancelling would only lose the answer. The statement has its own time limit.
                return await _append!.ExecuteAsync(events, commitId, Writer, CancellationToken.None).ConfigureAwait(false);
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.CheckViolation && !deadline.IsCancellationRequested)
            {
                // There is no partition for these positions, and nothing was written: the log grew faster than partitions were made, and may do so again
                // while one is made.
                var answer = await _reads.ReadHeadAsync(Position.Start, deadline).ConfigureAwait(false);
                await _partitions.EnsureAsync(answer.Head.Position.Value + events.Count, deadline).ConfigureAwait(false);
            }
        }
    }

    private RecordedEvent[] Publish(IReadOnlyList<EventToAppend> events, CommitRow? commit)
    {
        if (commit is null)
        {
            LogFenced();
            OnFenced?.Invoke();
            throw new WriterFencedException();
        }

        See(commit.ToHead());
        KeepPartitions(commit.Last.Value);
        return Number(events, commit);
    }

    private async Task<EventLogUnavailableException> RefuseAsync(Exception cause)
    {
        LogAppendFailed(cause);
        await DisconnectAsync().ConfigureAwait(false);
        return Refusal(cause);
    }

    /// <summary>Opens the appending connection when there is none, and settles what an earlier append left open.</summary>
    private async Task ConnectAsync(CancellationToken deadline)
    {
        if (_silo is null)
        {
            throw new InvalidOperationException("the writer has no name yet");
        }

        if (_append is not null && _connection!.FullState == System.Data.ConnectionState.Open)
        {
            return;
        }

        await DisconnectAsync().ConfigureAwait(false);
        try
        {
            if (_unsettled is { } commitId)
            {
                await AppendFences.FenceAsync(_sources.Append, [Writer[0]], commitId, deadline).ConfigureAwait(false);
                _unsettled = null;
                _incarnation++;
            }

            _connection = await _sources.Append.OpenConnectionAsync(deadline).ConfigureAwait(false);
            _append = await AppendCommand.PrepareAsync(_connection, deadline).ConfigureAwait(false);
        }
        catch (Exception e) when (IsOfStore(e))
        {
            await DisconnectAsync().ConfigureAwait(false);
            throw new EventLogUnavailableException("the event log cannot be reached", e);
        }
    }

    private async Task DisconnectAsync()
    {
        if (_append is { } append)
        {
            _append = null;
            await append.DisposeAsync().ConfigureAwait(false);
        }

        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Finds out whether a commit happened whose answer did not come.</summary>
    /// <exception cref="EventLogUnavailableException">It did not and never will.</exception>
    /// <exception cref="AppendOutcomeUnknownException">Nobody could be asked in time.</exception>
    private async Task<CommitRow> SettleAsync(Guid commitId, Exception cause)
    {
        if (cause is PostgresException error && AppendCommand.IsTakenBack(error))
        {
            throw await RefuseAsync(cause).ConfigureAwait(false);
        }

        LogOutcomeUnknown(cause);
        _unsettled = commitId;
        if (_connection is { } broken)
        {
            // It may still be at work on the server: never back into the pool.
            NpgsqlConnection.ClearPool(broken);
        }

        await DisconnectAsync().ConfigureAwait(false);
        using var deadline = new CancellationTokenSource(_options.SettleTimeout, _timeProvider);
        while (true)
        {
            try
            {
                var commit = await AppendFences.FenceAsync(_sources.Append, [Writer[0]], commitId, deadline.Token).ConfigureAwait(false);
                _unsettled = null;
                _incarnation++;
                LogSettled(commit is not null);
                return commit ?? throw new EventLogUnavailableException("the event log did not take the commit", cause);
            }
            catch (Exception e) when (IsOfStore(e))
            {
                if (deadline.IsCancellationRequested)
                {
                    throw new AppendOutcomeUnknownException("the event log did not answer, and could not be asked in time", cause);
                }

                await WaitAsync(TimeSpan.FromMilliseconds(100), deadline.Token).ConfigureAwait(false);
            }
        }
    }

    private async Task WaitAsync(TimeSpan time, CancellationToken deadline) =>
        await Task.Delay(time, _timeProvider, deadline).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // the caller looks at the deadline

    private static RecordedEvent[] Number(IReadOnlyList<EventToAppend> events, CommitRow commit)
    {
        var rows = new RecordedEvent[events.Count];
        for (var i = 0; i < rows.Length; i++)
        {
            var item = events[i];
            rows[i] = new RecordedEvent
            {
                Position = new Position(commit.First.Value + i),
                RecordedAt = commit.RecordedAt,
                Version = item.Version,
                Data = item.Data,
                Before = item.Before,
                Cause = item.Cause,
                Expiry = item.Expiry,
                Hash = item.Hash,
            };
        }

        return rows;
    }

    private void See(LogHead head)
    {
        _lostTail.See(head);
        SeeHead(head.Position.Value);
    }

    private void SeeHead(long position)
    {
        TaskCompletionSource? more = null;
        lock (_moreGate)
        {
            if (position > _knownHead)
            {
                Volatile.Write(ref _knownHead, position);
                (more, _more) = (_more, null);
            }
        }

        more?.SetResult();
    }

    private void KeepPartitions(long head)
    {
        if (_partitions.IsNeeded(head) && _partitioning.IsCompleted)
        {
            _partitioning = Task.Run(() => EnsurePartitionsAsync(head));
        }
    }

    private async Task EnsurePartitionsAsync(long head)
    {
        try
        {
            await _partitions.EnsureAsync(head, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException)
        {
            LogNoPartition(e); // half a partition is left, and the next commit tries again
        }
    }

    [LoggerMessage(LogLevel.Warning, "An append was refused by the database; nothing was written")]
    private partial void LogAppendFailed(Exception exception);

    [LoggerMessage(LogLevel.Warning, "The answer to a commit did not come; looking for it")]
    private partial void LogOutcomeUnknown(Exception exception);

    [LoggerMessage(LogLevel.Information, "The commit whose answer did not come has been settled; it happened: {Happened}")]
    private partial void LogSettled(bool happened);

    [LoggerMessage(LogLevel.Critical, "The other silos have declared this one dead: it can store nothing any more and must start anew")]
    private partial void LogFenced();

    [LoggerMessage(LogLevel.Warning, "The next partition of the log could not be made; trying again at the next commit")]
    private partial void LogNoPartition(Exception exception);
}
