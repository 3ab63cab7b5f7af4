using Flux.Core.Log;
using Flux.EventLog.PostgreSql;
using Flux.EventLog.Rows;
using Flux.EventLog.Sqlite;
using Npgsql;

namespace Flux.EventLog;

/// <summary>Computes every hash and every digest of a log anew, and compares. It finds any change that was made behind Flux's back.</summary>
/// <remarks>It reads page by page while the log is in use, up to the head as it was at the start. It keeps a hash for each entity in memory.</remarks>
public static class LogVerification
{
    /// <summary>Checks the embedded log of a data directory; its server may be running.</summary>
    /// <param name="dataDirectory">The data directory, or a backup.</param>
    /// <param name="progress">Hears the part that is checked, from 0 to 1; null for nobody.</param>
    /// <param name="cancellationToken">Stops checking.</param>
    /// <returns>The head of what was checked.</returns>
    /// <exception cref="DataDirectoryUnusableException">There is no log.</exception>
    /// <exception cref="InvalidDataException">The log was changed; the message names the first position.</exception>
    public static Task<LogHead> VerifyEmbeddedAsync(string dataDirectory, IProgress<double>? progress, CancellationToken cancellationToken) =>
        Task.Run(() => VerifyEmbedded(dataDirectory, progress, cancellationToken), cancellationToken);

    /// <summary>Checks the log of a cluster.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="progress">Hears the part that is checked, from 0 to 1; null for nobody.</param>
    /// <param name="cancellationToken">Stops checking.</param>
    /// <returns>The head of what was checked.</returns>
    /// <exception cref="InvalidDataException">The log was changed; the message names the first position.</exception>
    /// <exception cref="EventLogUnavailableException">The database cannot be read.</exception>
    public static async Task<LogHead> VerifyPostgreSqlAsync(PostgreSqlOptions options, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var sources = PostgreSqlSources.Create(options);
        await using (sources.ConfigureAwait(false))
        {
            try
            {
                var reads = new LogReads(sources.Read);
                var head = await reads.ReadHeadAsync(cancellationToken).ConfigureAwait(false);
                var check = new LogCheck();
                while (check.Head.Position < head.Position)
                {
                    foreach (var (commit, rows) in await reads.ReadCommitsAsync(check.Head.Position.Next, cancellationToken).ConfigureAwait(false))
                    {
                        check.Add(commit, rows);
                    }

                    progress?.Report((double)check.Head.Position.Value / head.Position.Value);
                }

                // Commits go on meanwhile; the one that ended at the head is among those checked.
                return check.Head.Position == head.Position && !check.Head.Digest.AsSpan().SequenceEqual(head.Digest)
                    ? throw new InvalidDataException($"the head at position {head.Position} does not have the digest of its commit")
                    : check.Head;
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException)
            {
                throw new EventLogUnavailableException($"PostgreSQL cannot be read: {e.Message}", e);
            }
        }
    }

    private static LogHead VerifyEmbedded(string dataDirectory, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var path = Path.Combine(dataDirectory, DataDirectory.LogFile);
        if (!File.Exists(path))
        {
            throw new DataDirectoryUnusableException($"{dataDirectory} holds no {DataDirectory.LogFile}");
        }

        using var commits = new LogReader(path);
        using var rows = new LogReader(path);
        var end = commits.ReadLastPosition();
        var check = new LogCheck();
        foreach (var commit in commits.ReadCommits(from: 1))
        {
            cancellationToken.ThrowIfCancellationRequested();
            check.Add(commit, [.. Enumerable.Range(0, commit.Count).Select(i => rows.ReadAt(commit.First.Value + i))]);
            progress?.Report(Math.Min(1, (double)commit.Last.Value / Math.Max(end, 1)));
        }

        return check.Head.Position.Value < end
            ? throw new InvalidDataException($"the log's commits end at position {check.Head.Position}, its events at {end}")
            : check.Head;
    }
}
