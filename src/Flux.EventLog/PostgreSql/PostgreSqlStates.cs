using System.Buffers;
using Flux.Core.Entities;
using Flux.Core.Log;
using Flux.EventLog.Projection;
using Npgsql;

namespace Flux.EventLog.PostgreSql;

/// <summary>The states in the read model on PostgreSQL: rows and snapshots.</summary>
internal sealed class PostgreSqlStates(NpgsqlDataSource source) : IStateSource
{
    /// <summary>What an insert of a snapshot does with one that is there: it says the same, unless it was damaged.</summary>
    public const string OnConflict =
        """
        ON CONFLICT (entity, version) DO UPDATE SET hash = excluded.hash, last_updated = excluded.last_updated,
                                                    properties = excluded.properties, expiry = excluded.expiry, digest = excluded.digest
        """;

    /// <inheritdoc/>
    public async ValueTask<EntityState> ReadStateAsync(string id, CancellationToken cancellationToken) =>
        await FindAsync(
            "SELECT version, hash, last_updated, properties, expiry, NULL::bytea, damage FROM entity WHERE id = $1",
            [new NpgsqlParameter<string> { TypedValue = id }],
            cancellationToken).ConfigureAwait(false) is { } found ? found.ToState() : EntityState.Empty;

    /// <inheritdoc/>
    public ValueTask<StoredState?> FindStateAsync(string id, long version, CancellationToken cancellationToken) =>
        FindAsync(
            """
            SELECT version, hash, last_updated, properties, expiry, NULL::bytea, damage FROM entity WHERE id = $1 AND version <= $2
            UNION ALL (
              SELECT s.version, s.hash, s.last_updated, s.properties, s.expiry, s.digest, NULL FROM entity e JOIN entity_snapshot s ON s.entity = e.id
               WHERE e.id = $1 AND e.version > $2 AND s.version <= $2 ORDER BY s.version DESC LIMIT 1
            )
            """,
            [new NpgsqlParameter<string> { TypedValue = id }, new NpgsqlParameter<long> { TypedValue = version }],
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask KeepAsync(string id, EntityState snapshot, CancellationToken cancellationToken)
    {
        try
        {
            var properties = new ArrayBufferWriter<byte>(256);
            snapshot.WriteProperties(properties);
            var command = source.CreateCommand(
                $"""
                INSERT INTO entity_snapshot (entity, version, hash, last_updated, properties, digest, expiry) VALUES ($1, $2, $3, $4, $5, $6, $7)
                {OnConflict}
                """);
            await using (command.ConfigureAwait(false))
            {
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
                command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = snapshot.Version });
                command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = snapshot.Hash });
                command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = snapshot.LastUpdated.Microseconds });
                command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = properties.WrittenSpan.ToArray() });
                command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = StoredState.ComputeDigest(id, snapshot, properties.WrittenSpan) });
                command.Parameters.Add(new NpgsqlParameter<byte[]?> { TypedValue = snapshot.Expiry.ToJson() });
                await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw new EventLogUnavailableException("the read model cannot be written to", e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask QuarantineAsync(string id, EntityDamage damage, CancellationToken cancellationToken)
    {
        try
        {
            var command = source.CreateCommand("UPDATE entity SET damage = coalesce(damage, $2) WHERE id = $1");
            await using (command.ConfigureAwait(false))
            {
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = damage.ToText() });
                await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw new EventLogUnavailableException("the read model cannot be written to", e);
        }
    }

    private async ValueTask<StoredState?> FindAsync(string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        try
        {
            var command = source.CreateCommand(sql);
            await using (command.ConfigureAwait(false))
            {
                command.Parameters.AddRange(parameters);
                var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (row.ConfigureAwait(false))
                {
                    return await row.ReadAsync(cancellationToken).ConfigureAwait(false) ? Read(row) : null;
                }
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw new EventLogUnavailableException("the read model cannot be read", e);
        }
    }

    private static StoredState Read(NpgsqlDataReader row) => new(
        row.GetInt64(0),
        row.GetFieldValue<byte[]>(1),
        new Timestamp(row.GetInt64(2)),
        row.GetFieldValue<byte[]>(3),
        row.IsDBNull(4) ? null : row.GetFieldValue<byte[]>(4),
        row.IsDBNull(5) ? null : row.GetFieldValue<byte[]>(5),
        row.IsDBNull(6) ? null : row.GetString(6));
}
