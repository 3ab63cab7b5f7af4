using Flux.Core.Log;
using Flux.EventLog.Rows;
using Flux.EventLog.Sqlite;

namespace Flux.EventLog.PostgreSql;

/// <summary>Moves an embedded log into PostgreSQL: the same positions, versions, hashes, digests and epoch, so that whoever follows it notices nothing.</summary>
public static class EmbeddedStoreImport
{
    /// <summary>Copies a log, checking every hash and digest on the way. All of it is there afterwards, or nothing.</summary>
    /// <param name="dataDirectory">The data directory. No server may be running on it.</param>
    /// <param name="options">The database; its log must be empty.</param>
    /// <param name="progress">Hears how far it is; null for nobody.</param>
    /// <param name="cancellationToken">Stops copying; nothing is kept.</param>
    /// <returns>The head of the log.</returns>
    /// <exception cref="DataDirectoryInUseException">A server runs on the data directory.</exception>
    /// <exception cref="DataDirectoryUnusableException">It holds no log.</exception>
    /// <exception cref="InvalidDataException">The embedded log is damaged; the message says where.</exception>
    /// <exception cref="PostgreSqlUnusableException">The database has a log already, or cannot be used.</exception>
    public static async Task<LogHead> ImportAsync(
        string dataDirectory, PostgreSqlOptions options, IProgress<LogProgress>? progress, CancellationToken cancellationToken)
    {
        if (!File.Exists(Path.Combine(dataDirectory, DataDirectory.LogFile)))
        {
            throw new DataDirectoryUnusableException($"{dataDirectory} holds no {DataDirectory.LogFile}");
        }

        using var directory = DataDirectory.Open(dataDirectory);
        long end;
        using (var file = LogFile.Open(directory.LogPath, createAs: Guid.NewGuid()))
        {
            // What a killed server has left in the WAL belongs to the log.
            end = file.ReadLastCommit()?.Last.Value ?? 0;
        }

        var sources = PostgreSqlSources.Create(options);
        await using (sources.ConfigureAwait(false))
        {
            return await Task.Run(() => Copy(sources), cancellationToken).ConfigureAwait(false);
        }

        LogHead Copy(PostgreSqlSources sources)
        {
            using var source = SqliteLogSource.Open(dataDirectory);
            using var sink = new PostgreSqlLogSink(sources, options, source.ReadEnds().Epoch);
            var commits = new LogWalk(source, new LogCheck(expected: null)).ReadCommits(end, cancellationToken);
            return LogCopy.Run(commits, end, sink, progress, cancellationToken);
        }
    }
}
