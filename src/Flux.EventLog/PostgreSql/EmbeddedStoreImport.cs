using Flux.Core.Log;
using Flux.EventLog.Rows;
using Flux.EventLog.Sqlite;
using Npgsql;
using NpgsqlTypes;

namespace Flux.EventLog.PostgreSql;

/// <summary>Moves an embedded log into PostgreSQL: the same positions, versions, hashes, digests and epoch, so that whoever follows it notices nothing.</summary>
public static class EmbeddedStoreImport
{
    private const int ChunkRows = 20_000;

    /// <summary>Copies a log, checking every hash and digest on the way. All of it is there afterwards, or nothing.</summary>
    /// <param name="dataDirectory">The data directory. No server may be running on it.</param>
    /// <param name="options">The database; its log must be empty.</param>
    /// <param name="progress">Hears the part that is copied, from 0 to 1; null for nobody.</param>
    /// <param name="cancellationToken">Stops copying; nothing is kept.</param>
    /// <returns>The head of the log.</returns>
    /// <exception cref="DataDirectoryInUseException">A server runs on the data directory.</exception>
    /// <exception cref="DataDirectoryUnusableException">It holds no log.</exception>
    /// <exception cref="InvalidDataException">The embedded log is damaged; the message says where.</exception>
    /// <exception cref="PostgreSqlUnusableException">The database has a log already, or cannot be used.</exception>
    public static async Task<LogHead> ImportAsync(
        string dataDirectory, PostgreSqlOptions options, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        if (!File.Exists(Path.Combine(dataDirectory, DataDirectory.LogFile)))
        {
            throw new DataDirectoryUnusableException($"{dataDirectory} holds no {DataDirectory.LogFile}");
        }

        using var directory = DataDirectory.Open(dataDirectory);
        Guid epoch;
        long end;
        using (var file = LogFile.Open(directory.LogPath, createAs: Guid.NewGuid()))
        {
            // What a killed server has left in the WAL belongs to the log.
            (epoch, end) = (file.Epoch, file.ReadLastCommit()?.Last.Value ?? 0);
        }

        var sources = PostgreSqlSources.Create(options);
        await using (sources.ConfigureAwait(false))
        {
            await new PartitionKeeper(sources.Append, options.PartitionEvents).EnsureAsync(end, cancellationToken).ConfigureAwait(false);
            var connection = await sources.Project.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
                await using (transaction.ConfigureAwait(false))
                {
                    // Of hours perhaps, and on the disk when it ends. The lock keeps silos from writing into the middle of it.
                    await ExecuteAsync(connection, "SET LOCAL statement_timeout = 0; SET LOCAL synchronous_commit = on", [], cancellationToken).ConfigureAwait(false);
                    await LockEmptyHeadAsync(connection, cancellationToken).ConfigureAwait(false);
                    var head = await CopyAsync(directory.LogPath, connection, end, progress, cancellationToken).ConfigureAwait(false);
                    await ExecuteAsync(
                            connection,
                            "UPDATE log_head SET position = $1, recorded_at = $2, digest = $3",
                            [head.Position.Value, head.RecordedAt.Microseconds, head.Digest],
                            cancellationToken)
                        .ConfigureAwait(false);
                    await ExecuteAsync(connection, "UPDATE log_meta SET epoch = $1", [epoch], cancellationToken).ConfigureAwait(false);
                    await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
                    return head;
                }
            }
        }
    }

    private static async Task LockEmptyHeadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand("SELECT position FROM log_head FOR UPDATE", connection);
        await using (command.ConfigureAwait(false))
        {
            if ((long)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))! is > 0 and var position)
            {
                throw new PostgreSqlUnusableException($"the database has a log of {position} events already: import into an empty one");
            }
        }
    }

    private static async Task<LogHead> CopyAsync(
        string path, NpgsqlConnection connection, long end, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        using var commits = new LogReader(path);
        using var rows = new LogReader(path);
        var check = new LogCheck();
        List<CommitRow> commitChunk = [];
        List<RecordedEvent> rowChunk = [];
        foreach (var commit in commits.ReadCommits(from: 1))
        {
            var events = Enumerable.Range(0, commit.Count).Select(i => rows.ReadAt(commit.First.Value + i)).ToArray();
            check.Add(commit, events);
            commitChunk.Add(commit);
            rowChunk.AddRange(events);
            if (rowChunk.Count >= ChunkRows || commit.Last.Value == end)
            {
                await WriteAsync(connection, commitChunk, rowChunk, cancellationToken).ConfigureAwait(false);
                commitChunk.Clear();
                rowChunk.Clear();
                progress?.Report((double)commit.Last.Value / end);
            }
        }

        return check.Head;
    }

    private static async Task WriteAsync(
        NpgsqlConnection connection, List<CommitRow> commits, List<RecordedEvent> rows, CancellationToken cancellationToken)
    {
        await CopyAsync(connection, "event (position, entity, version, event_id, envelope, payload, before, cause, hash)", rows, WriteEvent, cancellationToken)
            .ConfigureAwait(false);
        await CopyAsync(
                connection,
                "entity_event (entity, version, position)",
                rows.Where(row => row.Data.Payload.EntityId is not null),
                static (to, row) =>
                {
                    to.Write(row.Data.Payload.EntityId!, NpgsqlDbType.Text);
                    to.Write(row.Version, NpgsqlDbType.Bigint);
                    to.Write(row.Position.Value, NpgsqlDbType.Bigint);
                },
                cancellationToken)
            .ConfigureAwait(false);
        await CopyAsync(
                connection,
                "event_id (namespace, event_id, position)",
                rows.Where(row => row.Data.EventIdIsGiven),
                static (to, row) =>
                {
                    to.Write(AppendJudgement.IdOf(row.Data).Namespace, NpgsqlDbType.Text);
                    to.Write(row.Data.EventId, NpgsqlDbType.Text);
                    to.Write(row.Position.Value, NpgsqlDbType.Bigint);
                },
                cancellationToken)
            .ConfigureAwait(false);
        await CopyAsync(
                connection,
                "log_commit (first_position, count, recorded_at, id, writer, digest)",
                commits,
                static (to, commit) =>
                {
                    to.Write(commit.First.Value, NpgsqlDbType.Bigint);
                    to.Write(commit.Count, NpgsqlDbType.Integer);
                    to.Write(commit.RecordedAt.Microseconds, NpgsqlDbType.Bigint);
                    to.Write(commit.Id, NpgsqlDbType.Uuid);
                    to.Write(commit.Writer, NpgsqlDbType.Text);
                    to.Write(commit.Digest, NpgsqlDbType.Bytea);
                },
                cancellationToken)
            .ConfigureAwait(false);
    }

    private static void WriteEvent(NpgsqlBinaryImporter to, RecordedEvent row)
    {
        var envelope = new System.Buffers.ArrayBufferWriter<byte>(256);
        EventEnvelope.Write(envelope, row.Data, row.Expiry);
        to.Write(row.Position.Value, NpgsqlDbType.Bigint);
        WriteOrNull(to, row.Data.Payload.EntityId, NpgsqlDbType.Text);
        to.Write(row.Version, NpgsqlDbType.Bigint);
        to.Write(row.Data.EventId, NpgsqlDbType.Text);
        to.Write(envelope.WrittenSpan.ToArray(), NpgsqlDbType.Bytea);
        to.Write(row.Data.Payload.Json.ToArray(), NpgsqlDbType.Bytea);
        WriteOrNull(to, row.Before, NpgsqlDbType.Bytea);
        WriteOrNull(to, row.Cause?.Value, NpgsqlDbType.Bigint);
        to.Write(row.Hash, NpgsqlDbType.Bytea);
    }

    private static void WriteOrNull<T>(NpgsqlBinaryImporter to, T? value, NpgsqlDbType type)
    {
        if (value is null)
        {
            to.WriteNull();
        }
        else
        {
            to.Write(value, type);
        }
    }

    private static async Task CopyAsync<T>(
        NpgsqlConnection connection, string target, IEnumerable<T> items, Action<NpgsqlBinaryImporter, T> write, CancellationToken cancellationToken)
    {
        var importer = await connection.BeginBinaryImportAsync($"COPY {target} FROM STDIN (FORMAT BINARY)", cancellationToken).ConfigureAwait(false);
        await using (importer.ConfigureAwait(false))
        {
            importer.Timeout = TimeSpan.Zero;
            foreach (var item in items)
            {
                await importer.StartRowAsync(cancellationToken).ConfigureAwait(false);
                write(importer, item);
            }

            await importer.CompleteAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, object[] values, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await using (command.ConfigureAwait(false))
        {
            foreach (var value in values)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            }

            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
