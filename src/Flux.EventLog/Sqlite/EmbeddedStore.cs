using Flux.Core.Entities;
using Flux.Core.Log;
using Flux.Core.Series;
using Flux.EventLog.Past;
using Flux.EventLog.Projection;
using Flux.EventLog.Rows;
using Flux.EventLog.Series;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Flux.EventLog.Sqlite;

/// <summary>The embedded store: a locked data directory with the log, the read model and the projection between them.</summary>
public sealed class EmbeddedStore : IAsyncDisposable
{
    private readonly DataDirectory _directory;
    private readonly ReadModelDatabase _database;
    private readonly EntityLoader _loader;
    private readonly SqlitePast _past;
    private readonly CheckedLog _checked;

    private EmbeddedStore(
        DataDirectory directory,
        ReadModelDatabase database,
        EntityLoader loader,
        SqliteEventLog log,
        ISeriesReader series,
        Projector projector,
        CheckpointKeeper checkpoints,
        DamageReports damages)
    {
        (_directory, _database, _loader) = (directory, database, loader);
        _past = new SqlitePast(directory.LogPath, directory.ReadModelPath);
        (Log, Series, Projector, Checkpoints, Damages) = (log, series, projector, checkpoints, damages);
        _checked = new CheckedLog(log, log, damages);
        ReadModel = new SqliteReadModel(database, loader, projector);
        Past = CreatePast(new PastLimits());
    }

    /// <summary>Gets the log.</summary>
    public SqliteEventLog Log { get; }

    /// <summary>Gets the log for whoever shows events: those that are read from the file are compared with their hashes.</summary>
    public IEventLog Checked => _checked;

    /// <summary>Gets what was found damaged.</summary>
    public DamageReports Damages { get; }

    /// <summary>Gets the read model.</summary>
    public SqliteReadModel ReadModel { get; }

    /// <summary>Gets the states of earlier positions.</summary>
    public IPastStates Past { get; }

    /// <summary>Gets the reader of series.</summary>
    public ISeriesReader Series { get; }

    /// <summary>Gets the projection. Nobody has started it.</summary>
    public Projector Projector { get; }

    /// <summary>Gets how long the oldest event that is not in the read model has been in the log.</summary>
    public TimeSpan ProjectionLag => Log.Tail.Age;

    internal CheckpointKeeper Checkpoints { get; }

    /// <summary>Opens the store, or creates it. The read model is brought up to the log's head before anyone can use either.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="instruments">What the projection measures.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="loggers">Makes the loggers.</param>
    /// <param name="cancellationToken">Stops opening; what was projected so far is kept.</param>
    /// <returns>The store.</returns>
    /// <exception cref="DataDirectoryInUseException">Another process has it.</exception>
    /// <exception cref="DataDirectoryUnusableException">It cannot be used; the message says why.</exception>
    /// <exception cref="InvalidDataException">The log is damaged; the message says where.</exception>
    public static EmbeddedStore Open(
        EmbeddedStoreOptions options,
        ProjectionInstruments instruments,
        TimeProvider timeProvider,
        ILoggerFactory loggers,
        CancellationToken cancellationToken)
    {
        var damages = new DamageReports();
        var directory = DataDirectory.Open(options.Directory);
        LogFile? file = null;
        ReadModelDatabase? database = null;
        var checkpointStore = new SqliteCheckpoints(directory.ReadModelPath);
        try
        {
            directory.CheckLog();
            file = LogFile.Open(directory.LogPath, createAs: Guid.NewGuid());
            var head = file.ReadLastCommit()?.ToHead() ?? new LogHead(Position.Start, default, EventHash.None);
            using (var reader = new LogReader(directory.LogPath))
            {
                reader.CheckLastCommit(head);
                database = ReadModelDatabase.Open(
                    directory.ReadModelPath,
                    file.Epoch,
                    (position, hash) => position <= head.Position.Value
                        && (position == 0 || hash is null || reader.ReadHash(position).AsSpan().SequenceEqual(hash)));
                CatchUp(
                    ref database, directory.ReadModelPath, file.Epoch, reader, head.Position.Value, checkpointStore, options.CheckpointEvents, damages,
                    cancellationToken);
            }

            var log = new SqliteEventLog(
                file, directory.LogPath, head, database, options, timeProvider, loggers.CreateLogger<SqliteEventLog>());
            var checkpoints = new CheckpointKeeper(checkpointStore, options.CheckpointEvents, loggers.CreateLogger<CheckpointKeeper>());
            var projector = new Projector(
                new EntityProjection(database.Position, database.EntityCount, damages),
                database,
                log,
                position =>
                {
                    log.Tail.RemoveThrough(position);
                    checkpoints.OnProjected(position);
                },
                instruments,
                options.ProjectionLinger,
                timeProvider,
                loggers.CreateLogger<Projector>());
            var loader = new EntityLoader(database, log, damages, loggers.CreateLogger<EntityLoader>());
            var series = new SeriesReader(database, loader, log, loggers.CreateLogger<SeriesReader>());
            var store = new EmbeddedStore(directory, database, loader, log, series, projector, checkpoints, damages);
            instruments.Observe(() => store.ProjectionLag, () => database.Position);
            return store;
        }
        catch (Exception e)
        {
            database?.Dispose();
            file?.Dispose();
            directory.Dispose();
            if (e is SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB })
            {
                throw new InvalidDataException($"{directory.LogPath} is damaged: {e.Message}", e); // a damaged read model has been built anew
            }

            if (e is SqliteException { SqliteErrorCode: not SQLitePCL.raw.SQLITE_CONSTRAINT })
            {
                throw new DataDirectoryUnusableException($"{directory.Path} cannot be opened: {e.Message}", e);
            }

            throw;
        }
    }

    /// <summary>Forgets what is only kept in memory to be faster, for a time when nobody needs it. Everything works as before, from disk at first.</summary>
    public void ReleaseMemory()
    {
        Log.ReleaseMemory();
        _checked.ReleaseMemory();
        Projector.ReleaseMemory();
        _database.ReleaseMemory();
        _past.ReleaseMemory();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Projector.DisposeAsync().ConfigureAwait(false);
        await Checkpoints.DisposeAsync().ConfigureAwait(false);
        _past.Dispose();
        Log.Dispose();
        _database.Dispose();
        _directory.Dispose();
    }

    /// <summary>Makes another reader of earlier positions.</summary>
    internal PastStates CreatePast(PastLimits limits) => new(_past, _loader, Log, limits);

    // Normally the last second before a crash. After this the log's tail begins empty, however large the log is.
    private static void CatchUp(
        ref ReadModelDatabase database, string path, Guid epoch, LogReader reader, long head, SqliteCheckpoints checkpoints, long checkpointEvents,
        DamageReports damages, CancellationToken cancellationToken)
    {
        var isNew = false;
        var projection = new EntityProjection(database.Position, database.EntityCount, damages);
        while (projection.Position.Value < head)
        {
            var page = new PageBuilder(1000);
            reader.Read(projection.Position.Value + 1, head, ReadDirection.Forward, ns: null, page, int.MaxValue, cancellationToken);
            try
            {
                projection.Apply(page.Events, database.GetFile().Find);
                if (projection.Pending.IsFull || projection.Position.Value == head)
                {
                    database.Write(projection.Pending);
                    projection.OnWritten();
                    checkpoints.KeepIfDue(checkpointEvents, cancellationToken);
                }
            }
            catch (SqliteException e) when (!isNew && ReadModelDatabase.IsDamaged(e))
            {
                // Of the read model, not of the log: once more from nothing.
                isNew = true;
                database.Dispose();
                ReadModelDatabase.Delete(path);
                database = ReadModelDatabase.Open(path, epoch, static (_, _) => true);
                projection = new EntityProjection(database.Position, database.EntityCount, damages);
            }
        }
    }
}
