using System.Buffers;
using Flux.Core.Log;
using Flux.EventLog.Rows;
using Npgsql;
using NpgsqlTypes;

namespace Flux.EventLog.PostgreSql;

/// <summary>Fills the empty log of a database in one transaction: all of it is there afterwards, or nothing.</summary>
internal sealed class PostgreSqlLogSink : ILogSink
{
    private const int ChunkRows = 20_000;
    private const long ChunkBytes = 32 * 1024 * 1024;

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;
    private readonly PartitionKeeper _partitions;
    private readonly Guid _epoch;
    private readonly List<CommitRow> _commits = [];
    private readonly List<RecordedEvent> _rows = [];
    private readonly ArrayBufferWriter<byte> _envelope = new(256);
    private long _bytes;

    /// <summary>Locks the head of an empty log.</summary>
    /// <param name="sources">The database.</param>
    /// <param name="options">How its log runs.</param>
    /// <param name="epoch">The epoch that the log gets.</param>
    /// <exception cref="PostgreSqlUnusableException">The log is not empty.</exception>
    public PostgreSqlLogSink(PostgreSqlSources sources, PostgreSqlOptions options, Guid epoch)
    {
        _epoch = epoch;
        _partitions = new PartitionKeeper(sources.Append, options.PartitionEvents);
        _connection = sources.Project.OpenConnection();
        try
        {
            _transaction = _connection.BeginTransaction();

            // Of hours perhaps, and on the disk when it ends. The lock keeps silos from writing into the middle of it.
            Execute(
                "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL synchronous_commit = on");
            using var command = new NpgsqlCommand("SELECT position FROM log_head FOR UPDATE", _connection);
            if ((long)command.ExecuteScalar()! is > 0 and var position)
            {
                throw new PostgreSqlUnusableException($"the database has a log of {position} events already: import into an empty one");
            }
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Add(LogCommit commit)
    {
        _commits.Add(commit.Row);
        _rows.AddRange(commit.Events);
        _bytes += commit.Events.Sum(row => row.Data.Payload.Json.Length + (long)(row.Before?.Length ?? 0));
        if (_rows.Count >= ChunkRows || _bytes >= ChunkBytes)
        {
            Write();
        }
    }

    /// <inheritdoc/>
    public void Finish(LogHead head)
    {
        Write();
        Execute(
            "UPDATE log_head SET position = $1, recorded_at = $2, digest = $3", head.Position.Value, head.RecordedAt.Microseconds, head.Digest);
        Execute("UPDATE log_meta SET epoch = $1, digest = sha256(uuid_send($1))", _epoch);
        _transaction.Commit();
    }

    public void Dispose()
    {
        _transaction.Dispose();
        _connection.Dispose();
    }

    private void Write()
    {
        if (_commits.Count > 0 && _partitions.IsNeeded(_commits[^1].Last.Value))
        {
            // On a connection of its own; attaching one waits for nobody who writes to another.
            _partitions.EnsureAsync(_commits[^1].Last.Value, CancellationToken.None).GetAwaiter().GetResult();
        }

        Copy("event (position, entity, version, event_id, envelope, payload, before, cause, hash)", _rows, WriteEvent);
        Copy(
            "entity_event (entity, version, position)",
            _rows.Where(row => row.Data.Payload.EntityId is not null),
            static (to, row) =>
            {
                to.Write(row.Data.Payload.EntityId!, NpgsqlDbType.Text);
                to.Write(row.Version, NpgsqlDbType.Bigint);
                to.Write(row.Position.Value, NpgsqlDbType.Bigint);
            });
        Copy(
            "event_id (namespace, event_id, position)",
            _rows.Where(row => row.Data.EventIdIsGiven),
            static (to, row) =>
            {
                to.Write(AppendJudgement.IdOf(row.Data).Namespace, NpgsqlDbType.Text);
                to.Write(row.Data.EventId, NpgsqlDbType.Text);
                to.Write(row.Position.Value, NpgsqlDbType.Bigint);
            });
        Copy(
            "log_commit (first_position, count, recorded_at, id, writer, digest)",
            _commits,
            static (to, commit) =>
            {
                to.Write(commit.First.Value, NpgsqlDbType.Bigint);
                to.Write(commit.Count, NpgsqlDbType.Integer);
                to.Write(commit.RecordedAt.Microseconds, NpgsqlDbType.Bigint);
                to.Write(commit.Id, NpgsqlDbType.Uuid);
                to.Write(commit.Writer, NpgsqlDbType.Text);
                to.Write(commit.Digest, NpgsqlDbType.Bytea);
            });
        _rows.Clear();
        _commits.Clear();
        _bytes = 0;
    }

    private void WriteEvent(NpgsqlBinaryImporter to, RecordedEvent row)
    {
        _envelope.ResetWrittenCount();
        EventEnvelope.Write(_envelope, row.Data, row.Expiry);
        to.Write(row.Position.Value, NpgsqlDbType.Bigint);
        WriteOrNull(to, row.Data.Payload.EntityId, NpgsqlDbType.Text);
        to.Write(row.Version, NpgsqlDbType.Bigint);
        to.Write(row.Data.EventId, NpgsqlDbType.Text);
        to.Write(_envelope.WrittenSpan.ToArray(), NpgsqlDbType.Bytea);
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

    private void Copy<T>(string target, IEnumerable<T> items, Action<NpgsqlBinaryImporter, T> write)
    {
        using var importer = _connection.BeginBinaryImport($"COPY {target} FROM STDIN (FORMAT BINARY)");
        importer.Timeout = TimeSpan.Zero;
        foreach (var item in items)
        {
            importer.StartRow();
            write(importer, item);
        }

        importer.Complete();
    }

    private void Execute(string sql, params object[] values)
    {
        using var command = new NpgsqlCommand(sql, _connection) { CommandTimeout = 0 };
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        command.ExecuteNonQuery();
    }
}
