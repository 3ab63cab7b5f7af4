using System.Buffers;
using Flux.Core.Entities;
using Flux.Core.Log;
using Flux.EventLog.Projection;
using Flux.EventLog.Series;
using Npgsql;

namespace Flux.EventLog.PostgreSql;

/// <summary>The read model as its projection writes it. It writes only where it left off: of two projections one loses and begins again.</summary>
/// <remarks>The indexes of the log are the fences themselves here, so only the entities are written.</remarks>
internal sealed class PostgreSqlProjectionStore(NpgsqlDataSource source, ISeriesStore series, long position) : IProjectionStore
{
    // The position is moved first: its row orders projections, and without it nothing is written. Sorted by the caller, so that two never
    // wait for each other's rows crosswise.
    private const string WriteSql =
        $"""
        WITH moved AS (
          UPDATE projection SET position = $2, entity_count = $3, counted = $2, snapshots_to = $2, row_hash = $22, row_hash_at = $2
           WHERE position = $1 AND counted = $1 AND snapshots_to = $1 RETURNING position
        ), written AS (
          INSERT INTO entity AS e (id, version, hash, last_updated, properties, expiry, is_deleted, due_at, damage)
          SELECT r.*
            FROM moved, unnest($4, $5, $6, $7, $8, $9, $10, $11, $21) AS r(id, version, hash, last_updated, properties, expiry, is_deleted, due_at, damage)
          ON CONFLICT (id) DO UPDATE SET version = excluded.version, hash = excluded.hash, last_updated = excluded.last_updated,
                                         is_deleted = excluded.is_deleted, properties = excluded.properties,
                                         expiry = excluded.expiry, due_at = excluded.due_at,
                                         damage = coalesce(e.damage, excluded.damage)
        ), counts AS (
          INSERT INTO namespace_count AS n (namespace, entity_count)
          SELECT r.* FROM moved, unnest($12, $13) AS r(namespace, entity_count)
          ON CONFLICT (namespace) DO UPDATE SET entity_count = n.entity_count + excluded.entity_count
        ), snapshots AS (
          INSERT INTO entity_snapshot (entity, version, hash, last_updated, properties, expiry, digest)
          SELECT r.* FROM moved, unnest($14, $15, $16, $17, $18, $19, $20) AS r(entity, version, hash, last_updated, properties, expiry, digest)
          {PostgreSqlStates.OnConflict}
        )
        SELECT count(*) FROM moved
        """;

    private readonly ArrayBufferWriter<byte> _properties = new(1024);
    private long _position = position;

    /// <inheritdoc/>
    public long Position => Volatile.Read(ref _position);

    /// <inheritdoc/>
    public async ValueTask FoldAsync(EntityProjection projection, IReadOnlyList<RecordedEvent> rows, CancellationToken cancellationToken)
    {
        var missing = projection.FindMissing(rows);
        if (missing.Count == 0)
        {
            projection.Apply(rows, static _ => null);
            return;
        }

        var found = new Dictionary<string, ProjectedEntity>(missing.Count, StringComparer.Ordinal);
        try
        {
            var command = source.CreateCommand(
                """
                SELECT p.position, e.id, e.version, e.hash, e.last_updated, e.is_deleted, e.properties, e.expiry, e.damage
                  FROM projection p LEFT JOIN (unnest($1) AS r(id) CROSS JOIN LATERAL (SELECT * FROM entity x WHERE x.id = r.id LIMIT 1) e) ON true
                """);
            await using (command.ConfigureAwait(false))
            {
                command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. missing] });
                var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (row.ConfigureAwait(false))
                {
                    while (await row.ReadAsync(cancellationToken).ConfigureAwait(false))
                    {
                        // Where another one has gone on, its rows have events in them that come here next: as if they were there twice.
                        if (row.GetInt64(0) != Position)
                        {
                            throw IsElsewhere();
                        }

                        if (!row.IsDBNull(1))
                        {
                            found.Add(row.GetString(1), new ProjectedEntity(row.GetString(1), number: 1, StateRow.Read(row, first: 2), []));
                        }
                    }
                }
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw new EventLogUnavailableException("the read model cannot be read", e);
        }

        projection.Apply(rows, found.GetValueOrDefault);
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(PendingChanges changes, CancellationToken cancellationToken)
    {
        if (changes.Stretches.Count > 0)
        {
            // They follow from the log alone, so they are right even if the rest is not written.
            await series.KeepAsync(changes.Stretches, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            var command = source.CreateCommand(WriteSql);
            await using (command.ConfigureAwait(false))
            {
                Fill(command.Parameters, changes);
                if ((long)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))! == 0)
                {
                    throw IsElsewhere();
                }
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw new EventLogUnavailableException("the read model cannot be written to", e);
        }

        foreach (var entity in changes.Entities)
        {
            entity.Recent.Clear(); // the fence table is the index of the log here
        }

        Volatile.Write(ref _position, changes.Position);
    }

    /// <inheritdoc/>
    /// <remarks>Writes do not wait for the disk, so a database that crashes may lose the last ones, and comes back before anybody here notices.</remarks>
    public async ValueTask ConfirmAsync(CancellationToken cancellationToken)
    {
        try
        {
            if ((await ReadPositionAsync(source, cancellationToken).ConfigureAwait(false)).Position < Position)
            {
                throw new EventLogUnavailableException("the database has lost the end of the read model");
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw new EventLogUnavailableException("the read model cannot be read", e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<(long Position, long EntityCount)> ResetAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (written, count) = await BeginAsync(source, cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _position, written);
            return (written, count);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw new EventLogUnavailableException("the read model cannot be read", e);
        }
    }

    /// <summary>
    /// Reads where to go on. When entities are not counted up to there, counts them first: once after an upgrade, for as long as it takes to read all.
    /// Snapshots that are not written up to there are <see cref="SnapshotBackfill"/>'s to write.
    /// </summary>
    public static async Task<(long Position, long EntityCount)> BeginAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        const string countSql =
            """
            DELETE FROM namespace_count;
            INSERT INTO namespace_count
            SELECT CASE WHEN strpos(id, '/') > 1 THEN split_part(id, '/', 1) ELSE '' END, count(*) FROM entity WHERE NOT is_deleted GROUP BY 1;
            UPDATE projection SET counted = position
            """;
        // Of another log, or of another position than it says: built anew. Where a silo of a version that keeps no hash has gone on, the last one counts.
        const string isOtherSql =
            """
            SELECT 1 FROM projection p WHERE p.position > (SELECT position FROM log_head)
                OR (p.position > 0 AND p.row_hash IS NOT NULL AND (
                    p.row_hash_at > p.position OR p.row_hash IS DISTINCT FROM (SELECT e.hash FROM event e WHERE e.position = p.row_hash_at)))
               FOR UPDATE
            """;
        const string forgetSql =
            """
            TRUNCATE entity, entity_snapshot, namespace_count, checkpoint, checkpoint_entity, series_chunk, series_stretch;
            UPDATE projection SET position = 0, entity_count = 0, counted = 0, snapshots_from = 0, snapshots_to = 0, row_hash = NULL, row_hash_at = 0
            """;
        const string snapshotSql = "UPDATE projection SET snapshots_from = position, snapshots_to = position WHERE snapshots_to <> position";
        var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                if (await ExistsAsync(connection, isOtherSql, cancellationToken).ConfigureAwait(false))
                {
                    await ExecuteAsync(connection, forgetSql, cancellationToken).ConfigureAwait(false);
                }

                // The lock keeps other projections out until the count and its position are written.
                if (await ExistsAsync(connection, "SELECT 1 FROM projection WHERE counted <> position FOR UPDATE", cancellationToken).ConfigureAwait(false))
                {
                    await ExecuteAsync(connection, $"SET LOCAL statement_timeout = 0; {countSql}", cancellationToken).ConfigureAwait(false);
                }

                await ExecuteAsync(connection, snapshotSql, cancellationToken).ConfigureAwait(false);

                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        return await ReadPositionAsync(source, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads up to where the log has been projected, and how many entities exist there.</summary>
    public static async Task<(long Position, long EntityCount)> ReadPositionAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        var command = source.CreateCommand("SELECT position, entity_count FROM projection");
        await using (command.ConfigureAwait(false))
        {
            var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (row.ConfigureAwait(false))
            {
                await row.ReadAsync(cancellationToken).ConfigureAwait(false);
                return (row.GetInt64(0), row.GetInt64(1));
            }
        }
    }

    private static EventLogUnavailableException IsElsewhere() => new("another silo projects the log");

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await using (command.ConfigureAwait(false))
        {
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<bool> ExistsAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql, connection);
        await using (command.ConfigureAwait(false))
        {
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is not null;
        }
    }

    private void Fill(NpgsqlParameterCollection parameters, PendingChanges changes)
    {
        parameters.Add(new NpgsqlParameter<long> { TypedValue = Position });
        parameters.Add(new NpgsqlParameter<long> { TypedValue = changes.Position });
        parameters.Add(new NpgsqlParameter<long> { TypedValue = changes.EntityCount });
        var entities = changes.Entities.OrderBy(entity => entity.Id, StringComparer.Ordinal).ToList();
        AddStates(parameters, [.. entities.Select(entity => (entity.Id, entity.State))]);
        parameters.Add(new NpgsqlParameter<bool[]> { TypedValue = [.. entities.Select(entity => !entity.State.Exists)] });
        parameters.Add(new NpgsqlParameter<long?[]> { TypedValue = [.. entities.Select(entity => entity.State.Expiry.Earliest?.Microseconds)] });
        var counts = changes.SortedCounts();
        parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. counts.Select(count => count.Key)] });
        parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. counts.Select(count => count.Value)] });
        var snapshots = changes.Snapshots.OrderBy(snapshot => snapshot.Entity.Id, StringComparer.Ordinal).Select(s => (s.Entity.Id, s.State)).ToList();
        var written = AddStates(parameters, snapshots);
        parameters.Add(new NpgsqlParameter<byte[][]>
        {
            TypedValue = [.. snapshots.Zip(written, (s, properties) => StoredState.ComputeDigest(s.Id, s.State, properties))],
        });
        parameters.Add(new NpgsqlParameter<string?[]> { TypedValue = [.. entities.Select(entity => entity.State.Damage?.ToText())] });
        parameters.Add(new NpgsqlParameter<byte[]?> { TypedValue = changes.RowHash });
    }

    /// <summary>Adds ids, versions, hashes, times, properties and due times of states.</summary>
    /// <returns>The properties.</returns>
    private byte[][] AddStates(NpgsqlParameterCollection parameters, List<(string Id, EntityState State)> states)
    {
        var properties = new byte[states.Count][];
        for (var i = 0; i < properties.Length; i++)
        {
            _properties.ResetWrittenCount();
            states[i].State.WriteProperties(_properties);
            properties[i] = _properties.WrittenSpan.ToArray();
        }

        parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. states.Select(s => s.Id)] });
        parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. states.Select(s => s.State.Version)] });
        parameters.Add(new NpgsqlParameter<byte[][]> { TypedValue = [.. states.Select(s => s.State.Hash)] });
        parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. states.Select(s => s.State.LastUpdated.Microseconds)] });
        parameters.Add(new NpgsqlParameter<byte[][]> { TypedValue = properties });
        parameters.Add(new NpgsqlParameter<byte[]?[]> { TypedValue = [.. states.Select(s => s.State.Expiry.ToJson())] });
        return properties;
    }
}
