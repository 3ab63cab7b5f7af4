using Flux.Core.Log;
using Flux.EventLog.Export;
using Flux.EventLog.PostgreSql;
using Flux.EventLog.Rows;
using Flux.EventLog.Sqlite;
using Npgsql;

namespace Flux.EventLog;

/// <summary>Takes an export back into an empty log, with all hashes, versions and times, and the positions unless others are asked for.</summary>
/// <remarks>
/// Every line is checked before anything of it is written, and all of it is there afterwards, or nothing. It keeps about 250 bytes for each entity in
/// memory.
/// </remarks>
public static class LogImport
{
    /// <summary>Imports into a new data directory.</summary>
    /// <param name="export">The export.</param>
    /// <param name="dataDirectory">The data directory; missing or empty.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Hears how far it is; null for nobody.</param>
    /// <param name="cancellationToken">Stops, and removes what was written.</param>
    /// <returns>The new log and its head.</returns>
    /// <exception cref="DataDirectoryUnusableException">The data directory is not empty.</exception>
    /// <exception cref="InvalidDataException">The export is not what was written; the message names the line.</exception>
    public static Task<HeadDigest> ImportEmbeddedAsync(
        Stream export, string dataDirectory, ImportOptions options, IProgress<LogProgress>? progress, CancellationToken cancellationToken) => Task.Run(
            () =>
            {
                using var directory = DataDirectory.OpenNew(dataDirectory);
                var reader = new ExportReader(export);
                var epoch = EpochOf(reader, options);
                return WholeFile.Make(directory.LogPath, unfinished =>
                {
                    using var sink = new SqliteLogSink(unfinished, epoch);
                    return Copy(reader, options, epoch, sink, progress, cancellationToken);
                });
            },
            cancellationToken);

    /// <summary>Imports into the empty log of a database, in one transaction.</summary>
    /// <param name="export">The export.</param>
    /// <param name="database">Where the database is; its schema is there.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Hears how far it is; null for nobody.</param>
    /// <param name="cancellationToken">Stops; nothing is kept.</param>
    /// <returns>The new log and its head.</returns>
    /// <exception cref="PostgreSqlUnusableException">The database has a log already, or cannot be used.</exception>
    /// <exception cref="InvalidDataException">The export is not what was written; the message names the line.</exception>
    /// <exception cref="EventLogUnavailableException">The database cannot be written to.</exception>
    public static async Task<HeadDigest> ImportPostgreSqlAsync(
        Stream export, PostgreSqlOptions database, ImportOptions options, IProgress<LogProgress>? progress, CancellationToken cancellationToken)
    {
        var sources = PostgreSqlSources.Create(database);
        await using (sources.ConfigureAwait(false))
        {
            return await Task.Run(() => Copy(sources), cancellationToken).ConfigureAwait(false);
        }

        HeadDigest Copy(PostgreSqlSources sources)
        {
            var reader = new ExportReader(export);
            var epoch = EpochOf(reader, options);
            try
            {
                using var sink = new PostgreSqlLogSink(sources, database, epoch);
                return LogImport.Copy(reader, options, epoch, sink, progress, cancellationToken);
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
            {
                throw new InvalidDataException($"the export has an event id twice in a namespace: {e.Detail}", e);
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException)
            {
                throw new EventLogUnavailableException($"PostgreSQL cannot be written to: {e.Message}", e);
            }
        }
    }

    // A namespace makes another log than the one that it was a part of.
    private static Guid EpochOf(ExportReader reader, ImportOptions options) =>
        options.NewEpoch || reader.Header.Namespace is not null ? Guid.NewGuid() : reader.Header.Head.Epoch;

    private static HeadDigest Copy(
        ExportReader reader, ImportOptions options, Guid epoch, ILogSink sink, IProgress<LogProgress>? progress, CancellationToken cancellationToken)
    {
        var commits = reader.Header.Namespace is null
            ? reader.ReadCommits()
            : NamespaceCommits.Build(reader.ReadEvents(), options.Renumber);
        return new HeadDigest(epoch, LogCopy.Run(commits, reader.Header.Head.Head.Position.Value, sink, progress, cancellationToken));
    }
}
