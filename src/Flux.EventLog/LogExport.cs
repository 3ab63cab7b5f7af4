using Flux.Core.Log;
using Flux.EventLog.Export;
using Flux.EventLog.PostgreSql;
using Flux.EventLog.Rows;
using Flux.EventLog.Sqlite;

namespace Flux.EventLog;

/// <summary>Writes a log, or one namespace of it, as JSON lines that a stranger can verify.</summary>
/// <remarks>
/// Every row and digest is checked on the way. It reads page by page while the log is in use, up to the head as it was at the start, and keeps about
/// 250 bytes for each entity in memory. docs/log-format.md describes the lines.
/// </remarks>
public static class LogExport
{
    private const int ReportEvery = 1000;

    /// <summary>Exports from the embedded store; its server may be running.</summary>
    /// <param name="dataDirectory">The data directory, or a backup.</param>
    /// <param name="scope">What to export.</param>
    /// <param name="path">A file that is not there yet; <c>-</c> for standard output.</param>
    /// <param name="progress">Hears how far it is; null for nobody.</param>
    /// <param name="cancellationToken">Stops, and removes the file.</param>
    /// <returns>The head up to which the log was read.</returns>
    /// <exception cref="DataDirectoryUnusableException">There is no log, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">The log is damaged; the message says where.</exception>
    /// <exception cref="IOException">The file is there already, or cannot be written.</exception>
    public static Task<HeadDigest> ExportEmbeddedAsync(
        string dataDirectory, ExportScope scope, string path, IProgress<LogProgress>? progress, CancellationToken cancellationToken) =>
        OfEmbedded(dataDirectory, log => WriteFile(log, scope, path, progress, cancellationToken), cancellationToken);

    /// <summary>Exports from the embedded store to whoever reads; its server may be running.</summary>
    /// <param name="dataDirectory">The data directory, or a backup.</param>
    /// <param name="scope">What to export.</param>
    /// <param name="output">Where to. It is written to as the log is read, and waits hold the reading up.</param>
    /// <param name="progress">Hears how far it is; null for nobody.</param>
    /// <param name="cancellationToken">Stops; what was written is no whole export then.</param>
    /// <returns>The head up to which the log was read.</returns>
    /// <exception cref="DataDirectoryUnusableException">There is no log, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">The log is damaged; the message says where.</exception>
    public static Task<HeadDigest> ExportEmbeddedAsync(
        string dataDirectory, ExportScope scope, Stream output, IProgress<LogProgress>? progress, CancellationToken cancellationToken) =>
        OfEmbedded(dataDirectory, log => Write(log, scope, output, progress, cancellationToken), cancellationToken);

    /// <summary>Exports from a cluster to whoever reads; its silos may be running.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="scope">What to export.</param>
    /// <param name="output">Where to. It is written to as the log is read, and waits hold the reading up.</param>
    /// <param name="progress">Hears how far it is; null for nobody.</param>
    /// <param name="cancellationToken">Stops; what was written is no whole export then.</param>
    /// <returns>The head up to which the log was read.</returns>
    /// <exception cref="InvalidDataException">The log is damaged; the message says where.</exception>
    /// <exception cref="PostgreSqlUnusableException">The database belongs to another version of Flux.</exception>
    /// <exception cref="EventLogUnavailableException">The database cannot be read.</exception>
    public static Task<HeadDigest> ExportPostgreSqlAsync(
        PostgreSqlOptions options, ExportScope scope, Stream output, IProgress<LogProgress>? progress, CancellationToken cancellationToken) =>
        OfPostgreSql(options, log => Write(log, scope, output, progress, cancellationToken), cancellationToken);

    /// <summary>Exports from a cluster; its silos may be running.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="scope">What to export.</param>
    /// <param name="path">A file that is not there yet; <c>-</c> for standard output.</param>
    /// <param name="progress">Hears how far it is; null for nobody.</param>
    /// <param name="cancellationToken">Stops, and removes the file.</param>
    /// <returns>The head up to which the log was read.</returns>
    /// <exception cref="InvalidDataException">The log is damaged; the message says where.</exception>
    /// <exception cref="PostgreSqlUnusableException">The database belongs to another version of Flux.</exception>
    /// <exception cref="EventLogUnavailableException">The database cannot be read.</exception>
    /// <exception cref="IOException">The file is there already, or cannot be written.</exception>
    public static Task<HeadDigest> ExportPostgreSqlAsync(
        PostgreSqlOptions options, ExportScope scope, string path, IProgress<LogProgress>? progress, CancellationToken cancellationToken) =>
        OfPostgreSql(options, log => WriteFile(log, scope, path, progress, cancellationToken), cancellationToken);

    private static Task<HeadDigest> OfEmbedded(string dataDirectory, Func<ILogSource, HeadDigest> export, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            using var log = SqliteLogSource.Open(dataDirectory);
            return export(log);
        },
        cancellationToken);

    private static Task<HeadDigest> OfPostgreSql(PostgreSqlOptions options, Func<ILogSource, HeadDigest> export, CancellationToken cancellationToken) => Task.Run(
        () => PostgreSqlReading.Run(options, source =>
        {
            using var log = new PostgreSqlLogSource(source);
            return export(log);
        }),
        cancellationToken);

    private static HeadDigest WriteFile(
        ILogSource log, ExportScope scope, string path, IProgress<LogProgress>? progress, CancellationToken cancellationToken)
    {
        if (path == "-")
        {
            using var output = Console.OpenStandardOutput();
            return Write(log, scope, output, progress, cancellationToken);
        }

        if (File.Exists(path))
        {
            throw new IOException($"{path} is there already: name another file");
        }

        return WholeFile.Make(path, unfinished =>
        {
            using var output = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write);
            var head = Write(log, scope, output, progress, cancellationToken);
            output.Flush(flushToDisk: true);
            return head;
        });
    }

    private static HeadDigest Write(
        ILogSource log, ExportScope scope, Stream output, IProgress<LogProgress>? progress, CancellationToken cancellationToken)
    {
        var ends = log.ReadEnds();
        var head = new HeadDigest(ends.Epoch, ends.Head);
        var line = new LineWriter(output);
        if (scope is ExportScope.HeadOnly)
        {
            // Nobody should sign what was not looked at: the whole log comes with other exports and with verify, its last commit costs nothing.
            ExportHeader.Write(line, head);
        }
        else
        {
            var ns = (scope as ExportScope.OfNamespace)?.Name;
            var hasCommits = scope is ExportScope.WholeLog or ExportScope.OfNamespace { WithProof: true };
            new ExportHeader(head, ns, hasCommits).Write(line);
            WriteRows(log, ns, hasCommits, ends.Head, line, progress, cancellationToken);
        }

        line.Flush();
        return head;
    }

    private static void WriteRows(
        ILogSource log, string? ns, bool hasCommits, LogHead head, LineWriter line, IProgress<LogProgress>? progress, CancellationToken cancellationToken)
    {
        var check = new LogCheck(head);
        var (events, entities) = (0L, 0L);
        foreach (var row in head.Position == Position.Start ? [] : new LogWalk(log, check).ReadRows(cancellationToken))
        {
            if (hasCommits && row.Event.Position == row.Commit.First)
            {
                CommitLine.Write(line, row.Commit);
            }

            if (ns is null || string.Equals(row.Event.Data.Entity?.Namespace ?? string.Empty, ns, StringComparison.Ordinal))
            {
                EventLine.Write(line, row.Event, row.Previous);
                events++;
                entities += row.Event.Version == 1 ? 1 : 0;
            }
            else if (hasCommits)
            {
                HiddenLine.Write(line, row.Event);
            }

            var position = row.Event.Position.Value;
            if (position % ReportEvery == 1 || position == head.Position.Value)
            {
                progress?.Report(new LogProgress("events", position, head.Position.Value));
            }

            if (row.EndsCommit && row.Event.Position >= head.Position)
            {
                break;
            }
        }

        check.CheckEnd();
        EndLine.Write(line, events, entities);
    }
}
