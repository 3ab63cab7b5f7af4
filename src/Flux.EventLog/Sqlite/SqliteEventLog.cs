using Flux.Core.Events;
using Flux.Core.Log;
using Flux.EventLog.Rows;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace Flux.EventLog.Sqlite;

/// <summary>The embedded log: one SQLite file, one writer, any number of readers. All calls but the waiting ones work on the caller's thread.</summary>
public sealed partial class SqliteEventLog : IEventLog, ILogSize, IRowHashes, IDisposable
{
    // A namespace may be a thousandth of the log: a reader gets an empty page after so many rows, and goes on if it still wants to.
    private const int MaxScanned = 10_000;

    // Of the log's clock while the machine's is behind it: slow enough to be reached, and what is due still comes.
    private const double SlowPace = 0.5;

    private readonly string _path;
    private readonly IEventIndex _index;
    private readonly string _writerName;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<SqliteEventLog> _logger;
    private readonly ReaderPool<LogReader> _readers;
    private readonly RecentEvents _recent;
    private readonly EventTail _tail;
    private readonly KnownVersions _versions = new();
    private readonly EmbeddedFences _fences;
    private readonly WalCheckpointer _checkpointer;
    private readonly Lock _moreGate = new();
    private readonly LogClock _clock; // as it was with the last commit

    // Closed after a commit whose outcome is not known; then appends must open it first, which settles that.
    private LogFile? _file;
    private volatile LogHead _head;
    private TaskCompletionSource? _more;
    private int _isAppending;

    internal SqliteEventLog(
        LogFile file,
        string path,
        LogHead head,
        IEventIndex index,
        EmbeddedStoreOptions options,
        TimeProvider timeProvider,
        ILogger<SqliteEventLog> logger)
    {
        (_file, _path, _head, _index, _timeProvider, _logger) = (file, path, head, index, timeProvider, logger);
        Epoch = file.Epoch;
        _clock = new LogClock(timeProvider);
        _clock.Set(head.RecordedAt);
        _writerName = options.WriterName;
        _readers = new ReaderPool<LogReader>(() => new LogReader(path));
        _recent = new RecentEvents(options.RecentBytes);
        _tail = new EventTail(timeProvider);
        _fences = new EmbeddedFences(_tail, _versions, index);
        _checkpointer = new WalCheckpointer(path, timeProvider, logger);
    }

    /// <inheritdoc/>
    public Guid Epoch { get; }

    /// <inheritdoc/>
    public Timestamp Now
    {
        get
        {
            // The machine's clock may have been set back, over a restart too. Then the log's goes on slowly until the other has reached it.
            var (clock, least) = (Timestamp.From(_timeProvider.GetUtcNow()), _clock.Read(SlowPace));
            return clock > least ? clock : least;
        }
    }

    /// <summary>Gets the head without waiting.</summary>
    public LogHead Head => _head;

    internal EventTail Tail => _tail;

    /// <summary>Gets or sets what a test does inside an append.</summary>
    internal Action<AppendStage>? OnStage { get; set; }

    internal LogFile? File => _file;

    /// <inheritdoc/>
    public ValueTask<long> ReadBytesAsync(CancellationToken cancellationToken) => new(LengthOf(_path) + LengthOf(_path + "-wal"));

    /// <inheritdoc/>
    public ValueTask<AppendResult[]> AppendAsync(IReadOnlyList<EventToAppend> events, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Interlocked.Exchange(ref _isAppending, 1) != 0)
        {
            throw new InvalidOperationException("two appends at a time: the log has one writer");
        }

        try
        {
            return new ValueTask<AppendResult[]>(Append(events));
        }
        catch (Exception e) when (e is EventLogUnavailableException or AppendOutcomeUnknownException)
        {
            return ValueTask.FromException<AppendResult[]>(e);
        }
        finally
        {
            Volatile.Write(ref _isAppending, 0);
        }
    }

    /// <inheritdoc/>
    public ValueTask<LogHead> ReadHeadAsync(CancellationToken cancellationToken) => new(_head);

    /// <inheritdoc/>
    public ValueTask<LogPage> ReadAsync(
        LogScope scope, Position from, ReadDirection direction, int maxCount, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCount, 1);
        var head = _head.Position.Value;
        var isForward = direction == ReadDirection.Forward;
        var start = isForward ? Math.Max(from.Value, 1) : Math.Min(from.Value, head);
        if (isForward ? start > head : start < 1)
        {
            return new ValueTask<LogPage>(new LogPage([], isForward ? new Position(start) : Position.Start, IsLast: true));
        }

        return new ValueTask<LogPage>(scope is LogScope.OfEntity entity
            ? ReadEntityPage(entity.Key, start, head, direction, maxCount)
            : ReadPage((scope as LogScope.OfNamespace)?.Name, start, head, direction, maxCount, cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<RecordedEvent>> ReadEntityAsync(
        EntityKey key, long afterVersion, int maxCount, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCount, 1);
        return new ValueTask<IReadOnlyList<RecordedEvent>>(
            [.. FindPositions(key.Id, afterVersion, maxCount).Select((position, i) => OwnRow.Of(key.Id, afterVersion + 1 + i, position, ReadAt(position)))]);
    }

    /// <inheritdoc/>
    public ValueTask<RecordedEvent?> FindByEventIdAsync(string ns, string eventId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var position = _tail.FindPosition(ns, eventId);
        if (position == 0)
        {
            position = _index.Find([], [(ns, eventId)]).Positions[0];
        }

        return new ValueTask<RecordedEvent?>(position == 0 ? null : ReadAt(position));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<RecordedEvent>> ReadEffectsAsync(Position cause, Position after, int maxCount, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCount, 1);
        return new(Read(
            (cause, after, maxCount, _head.Position), static (reader, s) => reader.ReadEffects(s.cause.Value, s.after.Value, s.Position.Value, s.maxCount)));
    }

    /// <inheritdoc/>
    public ValueTask<Position> FindPositionAsync(Timestamp time, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var head = _head;
        return new ValueTask<Position>(head.RecordedAt < time || head.Position == Position.Start
            ? head.Position.Next
            : new Position(Read((time, head), static (reader, s) => reader.FindPosition(s.time, s.head.Position.Value))));
    }

    /// <inheritdoc/>
    public async ValueTask<Position> WaitForMoreAsync(Position position, CancellationToken cancellationToken)
    {
        while (_head.Position <= position)
        {
            Task more;
            lock (_moreGate)
            {
                _more ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                more = _more.Task;
            }

            // Published after the look and before the task was there: look again.
            if (_head.Position > position)
            {
                break;
            }

            await more.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return _head.Position;
    }

    /// <inheritdoc/>
    ValueTask<IReadOnlyList<byte[]?>> IRowHashes.ReadHashesAsync(
        IReadOnlyList<(string Entity, long Version)> events, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new([.. events.Select(e => FindPositions(e.Entity, e.Version - 1, maxCount: 1) is [var position] ? ReadHash(position) : null)]);
    }

    /// <summary>Closes the files. Nothing may be under way.</summary>
    public void Dispose()
    {
        _checkpointer.Dispose();
        _readers.Dispose();
        _file?.Dispose();
        _file = null;
    }

    internal void ReleaseMemory()
    {
        _recent.Clear();
        _versions.Clear();
        _readers.CloseIdle();
    }

    internal RecordedEvent ReadAt(long position) =>
        _recent.Find(position) ?? Read(position, static (reader, at) => reader.ReadAt(at));

    private T Read<TState, T>(TState state, Func<LogReader, TState, T> read)
    {
        try
        {
            return _readers.Read(state, read);
        }
        catch (SqliteException e)
        {
            throw new EventLogUnavailableException("the event log cannot be read", e);
        }
    }

    private byte[]? ReadHash(long position) =>
        _recent.Find(position)?.Hash ?? Read(position, static (reader, at) => reader.ReadHash(at));

    private LogPage ReadPage(
        string? ns, long start, long head, ReadDirection direction, int maxCount, CancellationToken cancellationToken)
    {
        var page = new PageBuilder(maxCount);
        var last = ReadRecent(ns, start, direction, page, Math.Min(maxCount, 1000))
            ?? Read(
                (start, head, direction, ns, page, cancellationToken),
                static (reader, s) => reader.Read(s.start, s.head, s.direction, s.ns, s.page, MaxScanned, s.cancellationToken));
        return direction == ReadDirection.Forward
            ? new LogPage(page.Events, new Position(last + 1), IsLast: last >= head)
            : new LogPage(page.Events, new Position(last - 1), IsLast: last <= 1);
    }

    /// <summary>Reads a page from memory.</summary>
    /// <returns>The last position looked at; null when the first one wanted is not in memory.</returns>
    private long? ReadRecent(string? ns, long start, ReadDirection direction, PageBuilder page, int most)
    {
        var rows = new RecordedEvent[most];
        if (!_recent.TryCopy(start, direction, rows, out var count))
        {
            return null;
        }

        var last = direction == ReadDirection.Forward ? start - 1 : start + 1;
        foreach (var row in rows.AsSpan(0, count))
        {
            if ((ns is null || string.Equals(row.Data.Entity?.Namespace ?? string.Empty, ns, StringComparison.Ordinal)) && !page.TryAdd(row))
            {
                break;
            }

            last = row.Position.Value;
        }

        return last;
    }

    private LogPage ReadEntityPage(EntityKey key, long start, long head, ReadDirection direction, int maxCount)
    {
        // One more than fits tells whether the page is the last.
        var (before, all) = FindVersionBefore(key.Id, direction == ReadDirection.Forward ? start : start + 1);
        var first = direction == ReadDirection.Forward ? before : Math.Max(before - maxCount, 0);
        var wanted = direction == ReadDirection.Forward ? maxCount : before - first;
        var positions = wanted == 0 ? [] : FindPositions(key.Id, first, (int)wanted);
        positions.RemoveAll(position => position > head);
        var (version, step) = (first + 1, 1);
        if (direction == ReadDirection.Backward)
        {
            positions.Reverse();
            (version, step) = (first + positions.Count, -1);
        }

        var page = new PageBuilder(maxCount);
        foreach (var position in positions)
        {
            var row = OwnRow.Of(key.Id, version, position, ReadAt(position));
            version += step;
            if (page.IsFull || !page.TryAdd(row))
            {
                break;
            }
        }

        var count = page.Events.Count;
        var isLast = direction == ReadDirection.Forward ? count == positions.Count && (count == 0 || first + count >= all) : count == before;
        var last = count == 0 ? 0 : page.Events[^1].Position.Value;
        return direction == ReadDirection.Forward
            ? new LogPage(page.Events, new Position(isLast ? head + 1 : last + 1), isLast)
            : new LogPage(page.Events, isLast ? Position.Start : new Position(last - 1), isLast);
    }

    private (long Before, long Last) FindVersionBefore(string entity, long position)
    {
        var (firstVersion, tail) = _tail.FindPositions(entity);
        if (tail.Length > 0 && tail[0] < position)
        {
            var at = Array.BinarySearch(tail, position);
            return (firstVersion - 1 + (at < 0 ? ~at : at), firstVersion - 1 + tail.Length);
        }

        var (before, last) = _index.FindVersionBefore(entity, position);
        return (before, Math.Max(last, firstVersion - 1 + tail.Length));
    }

    private List<long> FindPositions(string entity, long afterVersion, int maxCount)
    {
        // The tail first: see there.
        var (firstVersion, tail) = _tail.FindPositions(entity);
        if (tail.Length == 0)
        {
            return _index.FindPositions(entity, afterVersion, maxCount);
        }

        var projected = (int)Math.Clamp(firstVersion - 1 - afterVersion, 0, maxCount);
        var positions = projected > 0 ? _index.FindPositions(entity, afterVersion, projected) : [];
        var skip = Math.Max(afterVersion - (firstVersion - 1), 0);
        for (var i = skip; i < tail.Length && positions.Count < maxCount; i++)
        {
            positions.Add(tail[i]);
        }

        return positions;
    }

    private AppendResult[] Append(IReadOnlyList<EventToAppend> events)
    {
        var file = _file ?? Reopen();
        _checkpointer.LetWalRestart(file);
        AppendJudgement judgement;
        try
        {
            judgement = _fences.Judge(events, ReadAt);
        }
        catch (SqliteException e)
        {
            throw new EventLogUnavailableException("the index of the event log cannot be read", e);
        }

        if (judgement.Accepted.Count == 0)
        {
            return judgement.Complete([]);
        }

        var (rows, commit) = Number(events, judgement.Accepted);
        Write(file, rows, commit);
        Publish(rows, commit.ToHead());
        return judgement.Complete(rows);
    }

    private (RecordedEvent[] Rows, CommitRow Commit) Number(IReadOnlyList<EventToAppend> events, List<int> accepted)
    {
        var head = _head;
        var recordedAt = Now;
        _clock.Set(recordedAt);
        var rows = new RecordedEvent[accepted.Count];
        var hashes = new byte[accepted.Count][];
        for (var i = 0; i < rows.Length; i++)
        {
            var item = events[accepted[i]];
            hashes[i] = item.Hash;
            rows[i] = new RecordedEvent
            {
                Position = new Position(head.Position.Value + 1 + i),
                RecordedAt = recordedAt,
                Version = item.Version,
                Data = item.Data,
                Before = item.Before,
                Cause = item.Cause,
                Expiry = item.Expiry,
                Hash = item.Hash,
            };
        }

        var first = rows[0].Position;
        var id = Guid.NewGuid();
        var digest = EventHash.OfCommit(head.Digest, first, recordedAt, hashes, id, _writerName);
        return (rows, new CommitRow(first, rows.Length, recordedAt, id, _writerName, digest));
    }

    private void Write(LogFile file, RecordedEvent[] rows, CommitRow commit)
    {
        try
        {
            file.Begin();
            OnStage?.Invoke(AppendStage.Begun);
            foreach (var row in rows)
            {
                file.Insert(row);
            }

            file.Insert(commit);
        }
        catch (SqliteException e)
        {
            throw TakeBack(file, e);
        }

        try
        {
            OnStage?.Invoke(AppendStage.Committing);
            file.Commit();
            OnStage?.Invoke(AppendStage.Committed);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is raw.SQLITE_FULL or raw.SQLITE_BUSY)
        {
            // Neither can come after the commit's last frame was written.
            var refusal = TakeBack(file, e);
            if (!Defect.IsOn(Defect.IgnoresFullDisk))
            {
                throw refusal;
            }
        }
        catch (SqliteException e)
        {
            Settle(commit, e);
        }
    }

    /// <summary>Rolls back.</summary>
    /// <returns>What the caller is told: nothing was written.</returns>
    private EventLogUnavailableException TakeBack(LogFile file, SqliteException cause)
    {
        LogAppendFailed(cause);
        try
        {
            file.Rollback();
        }
        catch (SqliteException e)
        {
            LogNotTrusted(e);
            Close();
        }

        return Refusal(cause);
    }

    /// <summary>Finds out whether a commit happened that failed: no error says so, and a second fsync of the same pages proves nothing.</summary>
    private void Settle(CommitRow commit, SqliteException cause)
    {
        LogNotTrusted(cause);
        Close();
        var happened = false;
        try
        {
            _file = OpenFile(file => happened = file.HasCommit(commit.First, commit.Id));
        }
        catch (Exception e) when (e is SqliteException or DataDirectoryUnusableException)
        {
            LogStaysClosed(e);
            throw new AppendOutcomeUnknownException("the event log failed during a commit and cannot be opened again", cause);
        }

        LogSettled(happened);
        if (!happened)
        {
            throw Refusal(cause);
        }
    }

    /// <summary>Opens the file after an outcome that nobody knew, and takes in what was committed after all.</summary>
    private LogFile Reopen()
    {
        try
        {
            _file = OpenFile(CatchUp);
            LogOpenAgain();
            return _file;
        }
        catch (Exception e) when (e is SqliteException or DataDirectoryUnusableException)
        {
            throw new EventLogUnavailableException("the event log cannot be opened", e);
        }
    }

    private void CatchUp(LogFile file)
    {
        var last = file.ReadLastCommit()?.Last ?? Position.Start;
        for (var at = _head.Position.Next; at <= last; at = _head.Position.Next)
        {
            var (commit, rows) = _readers.Read(at.Value, static (reader, first) =>
            {
                var commit = reader.ReadCommits(first).First();
                return (commit, Enumerable.Range(0, commit.Count).Select(i => reader.ReadAt(first + i)).ToArray());
            });
            Publish(rows, commit.ToHead());
        }
    }

    /// <summary>Opens the file, for good only when it can be looked into.</summary>
    private LogFile OpenFile(Action<LogFile> look)
    {
        OnStage?.Invoke(AppendStage.Reopening);
        var file = LogFile.Open(_path, createAs: Epoch);
        try
        {
            // After a failed fsync the system may take lost pages of the WAL for written. This writes and syncs them anew, in the main file.
            file.EmptyWal();
            look(file);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private void Close()
    {
        _file?.Dispose();
        _file = null;
    }

    private void Publish(RecordedEvent[] rows, LogHead head)
    {
        foreach (var row in rows)
        {
            if (row.Data.Payload.EntityId is { } entity)
            {
                _versions.Set(entity, row.Version);
            }
        }

        _tail.Add(rows);
        _recent.Add(rows);
        _head = head;
        _checkpointer.OnCommitted();
        TaskCompletionSource? more;
        lock (_moreGate)
        {
            (more, _more) = (_more, null);
        }

        more?.SetResult();
    }

    private static long LengthOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    private static EventLogUnavailableException Refusal(SqliteException cause) => cause.SqliteErrorCode == raw.SQLITE_FULL
        ? new StorageFullException("the event log has no room left", cause)
        : new EventLogUnavailableException("the event log cannot be written to", cause);
}
