using System.Buffers;
using System.Runtime.InteropServices;
using Flux.Core.Log;
using Flux.EventLog.Rows;
using Npgsql;
using NpgsqlTypes;

namespace Flux.EventLog.PostgreSql;

/// <summary>The statement that appends: positions, commit row, events and both fences in one round trip. Prepared once for its connection.</summary>
internal sealed class AppendCommand : IAsyncDisposable
{
    /// <summary>The time that a commit of this moment has, from the head's row. One value for a whole statement.</summary>
    public const string Now = "greatest(recorded_at, (extract(epoch FROM statement_timestamp()) * 1000000)::bigint)";

    // The head's row is locked first and until the commit, so positions are in commit order and without a hole. After a wait for that lock the
    // server looks at `fenced` again, so a writer that was fenced meanwhile gets no row and writes nothing. An entity's first
    // row in the commit has to follow a version that is there: without one its position is NULL, and the statement fails like at a fence.
    // (A subquery with LIMIT: EXISTS may become a hash of the whole table.)
    private const string Sql =
        $"""
        WITH head AS (
          UPDATE log_head SET
                 position = position + $2,
                 recorded_at = {Now},
                 digest = sha256(digest || int8send(position + 1) || int4send($2)
                   || int8send({Now}) || $4 || uuid_send($3) || convert_to($1[1], 'UTF8'))
           WHERE NOT (fenced && $1) RETURNING position - $2 AS base, recorded_at, digest
        ), c AS (
          INSERT INTO log_commit (first_position, count, recorded_at, id, writer, digest)
          SELECT base + 1, $2, recorded_at, $3, $1[1], digest FROM head
        ), e AS (
          INSERT INTO event (position, entity, version, event_id, envelope, payload, before, cause, hash)
          SELECT h.base + r.o, r.en, r.ve, r.id, r.el, r.pa, r.be, r.ca, substr($4, (r.o::int - 1) * 32 + 1, 32)
            FROM head h, unnest($5, $6, $7, $8, $9, $10, $11) WITH ORDINALITY AS r(en, ve, id, el, pa, be, ca, o)
        ), v AS (
          INSERT INTO entity_event (entity, version, position)
          SELECT r.en, r.ve, CASE WHEN r.pr IS NULL OR (SELECT true FROM entity_event x WHERE x.entity = r.en AND x.version = r.pr LIMIT 1) THEN h.base + r.o END
            FROM head h, unnest($5, $6, $15) WITH ORDINALITY AS r(en, ve, pr, o) WHERE r.en IS NOT NULL
        ), i AS (
          INSERT INTO event_id (namespace, event_id, position)
          SELECT r.ns, r.id, h.base + r.o FROM head h, unnest($12, $13, $14) AS r(ns, id, o)
        )
        SELECT base + 1, recorded_at, digest FROM head
        """;

    private readonly NpgsqlCommand _command;
    private readonly NpgsqlParameter<string[]> _writer = new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
    private readonly NpgsqlParameter<int> _count = new() { NpgsqlDbType = NpgsqlDbType.Integer };
    private readonly NpgsqlParameter<Guid> _id = new() { NpgsqlDbType = NpgsqlDbType.Uuid };
    private readonly NpgsqlParameter<byte[]> _hashes = new() { NpgsqlDbType = NpgsqlDbType.Bytea };
    private readonly NpgsqlParameter<string?[]> _entities = new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
    private readonly NpgsqlParameter<long[]> _versions = new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint };
    private readonly NpgsqlParameter<string[]> _eventIds = new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
    private readonly NpgsqlParameter<byte[][]> _envelopes = new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea };
    private readonly NpgsqlParameter<byte[][]> _payloads = new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea };
    private readonly NpgsqlParameter<byte[]?[]> _befores = new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea };
    private readonly NpgsqlParameter<long?[]> _causes = new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint };
    private readonly NpgsqlParameter<string[]> _givenNamespaces = new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
    private readonly NpgsqlParameter<string[]> _givenIds = new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
    private readonly NpgsqlParameter<long[]> _givenOrdinals = new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint };
    private readonly NpgsqlParameter<long?[]> _predecessors = new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint };
    private readonly ArrayBufferWriter<byte> _envelope = new(256);
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    private AppendCommand(NpgsqlConnection connection) => _command = new NpgsqlCommand(Sql, connection)
    {
        Parameters =
        {
            _writer, _count, _id, _hashes, _entities, _versions, _eventIds, _envelopes, _payloads, _befores, _causes, _givenNamespaces, _givenIds,
            _givenOrdinals, _predecessors,
        },
    };

    /// <summary>Prepares the statement on a connection, which stays the caller's.</summary>
    public static async Task<AppendCommand> PrepareAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var command = new AppendCommand(connection);
        try
        {
            await command._command.PrepareAsync(cancellationToken).ConfigureAwait(false);
            return command;
        }
        catch
        {
            await command.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Says whether a failure means that a fence objects: an id or a version is taken, or a version does not follow the last one.</summary>
    public static bool IsFence(PostgresException e) => e.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.NotNullViolation;

    /// <summary>Says whether a failure means that the statement was taken back.</summary>
    /// <remarks>A fatal error is another matter: it ends the connection, perhaps after the commit.</remarks>
    public static bool IsTakenBack(PostgresException e) => e.InvariantSeverity == "ERROR"; // the other severity is in the server's language

    /// <summary>Appends.</summary>
    /// <param name="events">The events.</param>
    /// <param name="commitId">The id of the commit.</param>
    /// <param name="writer">The names under which this writer can be fenced; the first is kept with the commit.</param>
    /// <param name="cancellationToken">Stops waiting; what becomes of the append is then unknown.</param>
    /// <returns>The commit; null when the writer is fenced and nothing was written.</returns>
    /// <exception cref="NpgsqlException">The server said no, or did not answer.</exception>
    public async Task<CommitRow?> ExecuteAsync(
        IReadOnlyList<EventToAppend> events, Guid commitId, string[] writer, CancellationToken cancellationToken)
    {
        Fill(events, commitId, writer);
        if (Defect.IsOn(Defect.CommitsLate))
        {
            await CommitLateAsync(cancellationToken).ConfigureAwait(false);
        }

        var reader = await _command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                return null;
            }

            var row = new CommitRow(
                new Position(reader.GetInt64(0)), events.Count, new Timestamp(reader.GetInt64(1)), commitId, writer[0], reader.GetFieldValue<byte[]>(2));

            // To the end: only then the commit is known to have happened.
            while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false))
            {
            }

            return row;
        }
    }

    public ValueTask DisposeAsync() => _command.DisposeAsync();

    // Commits what the last append has left open, and begins what the next one commits.
    private async Task CommitLateAsync(CancellationToken cancellationToken)
    {
        if (_command.Transaction is { } open)
        {
            await open.CommitAsync(cancellationToken).ConfigureAwait(false);
        }

        _command.Transaction = await _command.Connection!.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
    }

    private void Fill(IReadOnlyList<EventToAppend> events, Guid commitId, string[] writer)
    {
        var count = events.Count;
        var (entities, versions, ids) = (new string?[count], new long[count], new string[count]);
        var (envelopes, payloads, befores, causes) = (new byte[count][], new byte[count][], new byte[]?[count], new long?[count]);
        var hashes = new byte[count * EventHash.Size];
        List<string> givenNamespaces = [], givenIds = [];
        List<long> givenOrdinals = [];
        var predecessors = new long?[count];
        _seen.Clear();
        for (var i = 0; i < count; i++)
        {
            var (item, data) = (events[i], events[i].Data);
            _envelope.ResetWrittenCount();
            EventEnvelope.Write(_envelope, data, item.Expiry);
            (entities[i], versions[i], ids[i]) = (data.Payload.EntityId, item.Version, data.EventId);
            (envelopes[i], payloads[i]) = (_envelope.WrittenSpan.ToArray(), ArrayOf(data.Payload.Json));
            (befores[i], causes[i]) = (item.Before, item.Cause?.Value);
            item.Hash.CopyTo(hashes, i * EventHash.Size);
            predecessors[i] = entities[i] is { } entity && _seen.Add(entity) && item.Version > 1 ? item.Version - 1 : null;
            if (data.EventIdIsGiven)
            {
                givenNamespaces.Add(AppendJudgement.IdOf(data).Namespace);
                givenIds.Add(data.EventId);
                givenOrdinals.Add(i + 1);
            }
        }

        (_writer.TypedValue, _count.TypedValue, _id.TypedValue, _hashes.TypedValue) = (writer, count, commitId, hashes);
        (_entities.TypedValue, _versions.TypedValue, _eventIds.TypedValue) = (entities, versions, ids);
        (_envelopes.TypedValue, _payloads.TypedValue, _befores.TypedValue, _causes.TypedValue) = (envelopes, payloads, befores, causes);
        (_givenNamespaces.TypedValue, _givenIds.TypedValue, _givenOrdinals.TypedValue) = ([.. givenNamespaces], [.. givenIds], [.. givenOrdinals]);
        _predecessors.TypedValue = predecessors;
    }

    private static byte[] ArrayOf(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length
            ? segment.Array
            : bytes.ToArray();
}
