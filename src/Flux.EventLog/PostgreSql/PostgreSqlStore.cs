using Flux.Core.Entities;
using Flux.Core.Log;
using Flux.Core.Series;
using Flux.EventLog.Past;
using Flux.EventLog.Projection;
using Flux.EventLog.Rows;
using Flux.EventLog.Series;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Flux.EventLog.PostgreSql;

/// <summary>The store of a cluster: the log and the read model in one database, used by any number of silos at once.</summary>
public sealed class PostgreSqlStore : IAsyncDisposable
{
    // Linger as in the embedded store: while nobody waits for a list, changes of the same entity are written once.
    private static readonly TimeSpan ProjectionLinger = TimeSpan.FromMilliseconds(500);

    private readonly PostgreSqlSources _sources;
    private readonly TimeProvider _timeProvider;
    private readonly ILoggerFactory _loggers;

    private readonly long _checkpointEvents;

    private PostgreSqlStore(
        PostgreSqlSources sources, PostgreSqlEventLog log, long checkpointEvents, TimeProvider timeProvider, ILoggerFactory loggers)
    {
        (_sources, Log, _checkpointEvents, _timeProvider, _loggers) = (sources, log, checkpointEvents, timeProvider, loggers);
        Checked = new CheckedLog(log, log, Damages);
        Past = CreatePast(new PastLimits());
    }

    /// <summary>Gets the log.</summary>
    public PostgreSqlEventLog Log { get; }

    /// <summary>Gets the log for whoever shows events: those that are read from the database are compared with their hashes.</summary>
    public IEventLog Checked { get; }

    /// <summary>Gets what was found damaged.</summary>
    public DamageReports Damages { get; } = new();

    /// <summary>Gets the states of earlier positions.</summary>
    public IPastStates Past { get; }

    /// <summary>Opens the store: checks the server, and brings the schema to this binary's version. Safe while other silos do the same.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="loggers">Makes the loggers.</param>
    /// <param name="cancellationToken">Stops opening.</param>
    /// <returns>The store.</returns>
    /// <exception cref="PostgreSqlUnusableException">The database cannot be used as it is.</exception>
    /// <exception cref="EventLogUnavailableException">The server does not answer, or not yet.</exception>
    public static async Task<PostgreSqlStore> OpenAsync(
        PostgreSqlOptions options, TimeProvider timeProvider, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        PostgreSqlSources sources;
        try
        {
            sources = PostgreSqlSources.Create(options);
        }
        catch (ArgumentException e)
        {
            throw new PostgreSqlUnusableException($"FLUX_POSTGRES is no connection string: {e.Message}");
        }

        try
        {
            Guid epoch;
            var connection = await sources.Append.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                await DurabilityCheck.RunAsync(connection, options.AllowUnsafeDurability, cancellationToken).ConfigureAwait(false);
                foreach (var (feature, folder) in PostgreSqlSchema.OfStore)
                {
                    await PostgreSqlSchema.ApplyAsync(connection, feature, EmbeddedScripts.Read(folder), cancellationToken)
                        .ConfigureAwait(false);
                }

                epoch = await ReadEpochAsync(connection, cancellationToken).ConfigureAwait(false);
            }

            var partitions = new PartitionKeeper(sources.Append, options.PartitionEvents);
            var log = new PostgreSqlEventLog(sources, epoch, partitions, options, timeProvider, loggers.CreateLogger<PostgreSqlEventLog>());
            await partitions.EnsureAsync((await log.ReadHeadAsync(cancellationToken).ConfigureAwait(false)).Position.Value, cancellationToken)
                .ConfigureAwait(false);
            return new PostgreSqlStore(sources, log, options.CheckpointEvents, timeProvider, loggers);
        }
        catch (Exception e)
        {
            await sources.DisposeAsync().ConfigureAwait(false);
            throw e switch
            {
                PostgresException { SqlState: PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.TooManyConnections } wait =>
                    new EventLogUnavailableException($"PostgreSQL takes no connection yet: {wait.MessageText}", wait),
                PostgresException no => new PostgreSqlUnusableException($"PostgreSQL refuses: {no.MessageText}"),
                NpgsqlException or TimeoutException => new EventLogUnavailableException($"PostgreSQL cannot be reached: {e.Message}", e),
                _ => e,
            };
        }
    }

    /// <summary>Makes the read model for this silo.</summary>
    /// <param name="projection">Whoever projects, on whichever silo.</param>
    public PostgreSqlReadModel CreateReadModel(IProjection projection) =>
        new(_sources.Read, CreateLoader(new PostgreSqlStates(_sources.Read)), projection);

    /// <summary>Makes the reader of series for this silo.</summary>
    public ISeriesReader CreateSeriesReader() =>
        new SeriesReader(CreateSeries(), CreateLoader(new PostgreSqlStates(_sources.Read)), Log, _loggers.CreateLogger<SeriesReader>());

    /// <summary>Makes a projection in this process. Only one in the cluster gets anywhere; nobody has started it.</summary>
    /// <param name="instruments">What it measures.</param>
    /// <param name="cancellationToken">Stops reading where it left off.</param>
    /// <exception cref="EventLogUnavailableException">The store cannot be read now.</exception>
    public async Task<IProjectionLoop> CreateProjectionAsync(ProjectionInstruments instruments, CancellationToken cancellationToken)
    {
        try
        {
            var (position, count) = await PostgreSqlProjectionStore.BeginAsync(_sources.Project, cancellationToken).ConfigureAwait(false);
            var checkpoints = new CheckpointKeeper(
                new PostgreSqlCheckpoints(_sources.Project), _checkpointEvents, _loggers.CreateLogger<CheckpointKeeper>());
            var projector = new Projector(
                new EntityProjection(position, count, Damages),
                new PostgreSqlProjectionStore(_sources.Project, CreateSeries(), position),
                Log,
                checkpoints.OnProjected,
                instruments,
                ProjectionLinger,
                _timeProvider,
                _loggers.CreateLogger<Projector>());
            var states = new PostgreSqlStates(_sources.Project);
            var backfill = new SnapshotBackfill(
                _sources.Project, states, CreateLoader(states), _timeProvider, _loggers.CreateLogger<SnapshotBackfill>());
            return new PostgreSqlProjection(projector, backfill, checkpoints);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw new EventLogUnavailableException("the read model cannot be read", e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Log.DisposeAsync().ConfigureAwait(false);
        await _sources.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Makes another reader of earlier positions.</summary>
    internal PastStates CreatePast(PastLimits limits) =>
        new(new PostgreSqlPast(_sources.Read), CreateLoader(new PostgreSqlStates(_sources.Read)), Log, limits);

    private PostgreSqlSeries CreateSeries() => new(_sources.Read, _sources.Project);

    private EntityLoader CreateLoader(PostgreSqlStates states) => new(states, Log, Damages, _loggers.CreateLogger<EntityLoader>());

    private static async Task<Guid> ReadEpochAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand("SELECT epoch FROM log_meta", connection);
        await using (command.ConfigureAwait(false))
        {
            return (Guid)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
        }
    }
}
