using Flux.Core.Entities;
using Flux.Core.Log;
using Flux.EventLog.Series;
using Flux.EventLog.Sqlite;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Flux.EventLog.Projection;

/// <summary>The file of the read model: one writer, any number of readers, and how far it is.</summary>
internal sealed class ReadModelDatabase : IEventIndex, IProjectionStore, IStateSource, ISeriesStore, IDisposable
{
    private readonly ReaderPool<ReadModelReader> _readers;
    private readonly string _path;
    private readonly Guid _epoch;
    private readonly Lock _fileGate = new(); // the projection has the file to itself, but for the memory that is taken back when the server is idle
    private ReadModelFile? _file; // closed after a failure, until it can be opened again
    private long _position;
    private long _entityCount;
    private volatile bool _isDamaged;

    private ReadModelDatabase(string path, Guid epoch, ReadModelFile file)
    {
        (_path, _epoch, _file) = (path, epoch, file);
        _readers = new ReaderPool<ReadModelReader>(() => new ReadModelReader(path));
        (_position, _entityCount) = (file.Position, file.EntityCount);
    }

    /// <inheritdoc/>
    public long Position => Volatile.Read(ref _position);

    public long EntityCount => Volatile.Read(ref _entityCount);

    /// <summary>Opens the file; one that does not fit the log is thrown away: it can be built again.</summary>
    /// <param name="path">The file.</param>
    /// <param name="epoch">The log's epoch.</param>
    /// <param name="fits">Says of a position and the hash of its event, when that is known, whether the log has that.</param>
    public static ReadModelDatabase Open(string path, Guid epoch, Func<long, byte[]?, bool> fits)
    {
        ReadModelFile? file = null;
        try
        {
            file = ReadModelFile.Open(path, epoch);
        }
        catch (SqliteException e) when (IsDamaged(e))
        {
            // no database any more
        }

        if (file?.Epoch == epoch && fits(file.Position, file.RowHash))
        {
            return new ReadModelDatabase(path, epoch, file);
        }

        file?.Dispose();
        Delete(path);
        return new ReadModelDatabase(path, epoch, ReadModelFile.Open(path, epoch));
    }

    /// <summary>Removes the file.</summary>
    public static void Delete(string path)
    {
        foreach (var suffix in (ReadOnlySpan<string>)["", "-wal", "-shm"])
        {
            File.Delete(path + suffix);
        }
    }

    /// <summary>Says whether an error means that the file holds what was never written.</summary>
    public static bool IsDamaged(SqliteException e) => e.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_CONSTRAINT;

    /// <summary>Gives the connection that writes.</summary>
    /// <exception cref="EventLogUnavailableException">There is none after a failure.</exception>
    public ReadModelFile GetFile() => _file ?? throw new EventLogUnavailableException("the read model cannot be opened");

    /// <summary>Writes changes, then shows them to readers.</summary>
    public void Write(PendingChanges changes)
    {
        GetFile().Write(changes);
        Volatile.Write(ref _entityCount, changes.EntityCount);
        Volatile.Write(ref _position, changes.Position);
    }

    /// <inheritdoc/>
    public ValueTask FoldAsync(EntityProjection projection, IReadOnlyList<RecordedEvent> rows, CancellationToken cancellationToken)
    {
        Guard(() => projection.Apply(rows, GetFile().Find));
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(PendingChanges changes, CancellationToken cancellationToken)
    {
        Guard(() => Write(changes));
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    /// <remarks>A crash takes this process too, and the next one begins from what is there.</remarks>
    public ValueTask ConfirmAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask<(long Position, long EntityCount)> ResetAsync(CancellationToken cancellationToken)
    {
        Guard(() =>
        {
            // The writing connection may be what failed.
            _file?.Dispose();
            _file = null;
            _file = ReadModelFile.Open(_path, _epoch);
        });
        var file = GetFile();
        return new ValueTask<(long Position, long EntityCount)>((file.Position, file.EntityCount));
    }

    /// <inheritdoc/>
    public (long[] Versions, long[] Positions) Find(List<string> entities, List<(string Namespace, string EventId)> eventIds) =>
        Read((entities, eventIds), static (reader, s) => reader.Find(s.entities, s.eventIds));

    /// <inheritdoc/>
    public List<long> FindPositions(string entity, long afterVersion, int maxCount) =>
        Read((entity, afterVersion, maxCount), static (reader, s) => reader.FindPositions(s.entity, s.afterVersion, s.maxCount));

    /// <inheritdoc/>
    public (long Before, long Last) FindVersionBefore(string entity, long position) =>
        Read((entity, position), static (reader, s) => reader.FindVersionBefore(s.entity, s.position));

    /// <inheritdoc/>
    public ValueTask<EntityState> ReadStateAsync(string id, CancellationToken cancellationToken) =>
        new(Read(id, static (reader, key) => reader.ReadState(key)));

    /// <inheritdoc/>
    public ValueTask<StoredState?> FindStateAsync(string id, long version, CancellationToken cancellationToken) =>
        new(Read((id, version), static (reader, s) => reader.FindState(s.id, s.version)));

    /// <inheritdoc/>
    public ValueTask KeepAsync(string id, EntityState snapshot, CancellationToken cancellationToken)
    {
        Guard(() => GetFile().Keep(id, snapshot));
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<List<(long Stretch, byte[]? Points)>> ReadChunksAsync(
        string id, byte[] property, long first, long last, CancellationToken cancellationToken) =>
        new(Read((id, property, first, last), static (reader, s) => reader.ReadChunks(s.id, s.property, s.first, s.last)));

    /// <inheritdoc/>
    public ValueTask KeepAsync(IReadOnlyList<KeptStretch> stretches, CancellationToken cancellationToken)
    {
        Guard(() => GetFile().Keep(stretches));
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask QuarantineAsync(string id, EntityDamage damage, CancellationToken cancellationToken)
    {
        Guard(() => GetFile().Quarantine(id, damage));
        return ValueTask.CompletedTask;
    }

    public List<QuarantinedEntity> ReadQuarantined(string? after, int maxCount) =>
        Read((after, maxCount), static (reader, s) => reader.ReadQuarantined(s.after, s.maxCount));

    public long Count(IReadOnlyCollection<string> namespaces) => Read(namespaces, static (reader, names) => reader.Count(names));

    public List<DueEntity> FindDue(Timestamp by, DueEntity after, int maxCount) =>
        Read((by, after, maxCount), static (reader, s) => reader.FindDue(s.by, s.after, s.maxCount));

    public EntityPage ReadPage(EntityRange range, int maxRows, bool showsSystem) =>
        Read((range, maxRows, showsSystem), static (reader, s) => reader.ReadPage(s.range, s.maxRows, s.showsSystem));

    /// <summary>Frees the pages kept in memory.</summary>
    public void ReleaseMemory()
    {
        _readers.CloseIdle();
        Guard(() => _file?.ReleaseMemory());
    }

    public void Dispose()
    {
        _readers.Dispose();
        _file?.Dispose();
        if (_isDamaged)
        {
            Delete(_path); // the next start builds it anew
        }
    }

    private T Read<TState, T>(TState state, Func<ReadModelReader, TState, T> read)
    {
        try
        {
            return _readers.Read(state, read);
        }
        catch (SqliteException e)
        {
            _isDamaged |= IsDamaged(e);
            throw new EventLogUnavailableException("the read model cannot be read", e);
        }
    }

    // What is damaged does not get better by trying again: the server ends, and builds it anew at its next start.
    private void Guard(Action action)
    {
        try
        {
            lock (_fileGate)
            {
                if (_isDamaged)
                {
                    throw new InvalidDataException("the read model is damaged; it is built anew when the server starts again");
                }

                action();
            }
        }
        catch (SqliteException e) when (!IsDamaged(e))
        {
            throw new EventLogUnavailableException("the read model cannot be used", e);
        }
        catch (SqliteException)
        {
            _isDamaged = true;
            throw;
        }
    }
}
