using Flux.Core.Entities;
using Flux.Core.Log;
using Flux.EventLog.Past;
using Flux.EventLog.Projection;
using Npgsql;

namespace Flux.EventLog.PostgreSql;

/// <summary>The past in the store on PostgreSQL.</summary>
internal sealed class PostgreSqlPast(NpgsqlDataSource source) : IPastSource
{
    // A statement of a fraction of a second: no old snapshot keeps the server from cleaning up.
    private const int ScanPage = 50_000;

    /// <inheritdoc/>
    public ValueTask<long> CountAsync(EntityRange range, long most, CancellationToken cancellationToken) => GuardAsync(
        async () =>
        {
            var command = Ranged($"SELECT count(*) FROM (SELECT 1 FROM entity WHERE id >= $1 {End(range)} LIMIT $2) e", range, most);
            await using (command.ConfigureAwait(false))
            {
                return (long)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
            }
        });

    /// <inheritdoc/>
    public ValueTask<PresentRows> ReadPresentAsync(EntityRange range, int maxRows, CancellationToken cancellationToken) => GuardAsync(
        async () =>
        {
            // One statement sees one moment, and the server stops at the bound in bytes.
            var command = Ranged(
                $"""
                SELECT p.position, e.id, e.properties, e.last_updated, e.version, e.count = $2 OR e.bytes > {EntityPageBuilder.MaxBytes}
                  FROM projection p LEFT JOIN (
                    SELECT id, properties, last_updated, version, row_number() OVER w AS count, sum(octet_length(properties)) OVER w AS bytes
                      FROM entity WHERE id >= $1 {End(range)} WINDOW w AS (ORDER BY id ROWS UNBOUNDED PRECEDING) ORDER BY id LIMIT $2
                  ) e ON e.bytes - octet_length(e.properties) <= {EntityPageBuilder.MaxBytes}
                 ORDER BY e.id
                """,
                range,
                maxRows);
            await using (command.ConfigureAwait(false))
            {
                var (position, rows, isFull) = (Position.Start, new List<ListedEntity>(), false);
                var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (row.ConfigureAwait(false))
                {
                    while (await row.ReadAsync(cancellationToken).ConfigureAwait(false))
                    {
                        position = new Position(row.GetInt64(0));
                        if (!row.IsDBNull(1))
                        {
                            rows.Add(new ListedEntity(row.GetString(1), row.GetFieldValue<byte[]>(2), new Timestamp(row.GetInt64(3)), row.GetInt64(4)));
                            isFull = row.GetBoolean(5);
                        }
                    }
                }

                return new PresentRows(rows, position, isFull && range.After(rows[^1].Id) is { IsEmpty: false } rest ? rest : null);
            }
        });

    /// <inheritdoc/>
    public ValueTask<HashSet<string>> ReadDamagedAsync(EntityRange range, CancellationToken cancellationToken) => GuardAsync(
        async () =>
        {
            var command = Ranged($"SELECT id FROM entity WHERE damage IS NOT NULL AND id >= $1 {End(range)} LIMIT $2", range, long.MaxValue);
            await using (command.ConfigureAwait(false))
            {
                var ids = new HashSet<string>(StringComparer.Ordinal);
                var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (row.ConfigureAwait(false))
                {
                    while (await row.ReadAsync(cancellationToken).ConfigureAwait(false))
                    {
                        ids.Add(row.GetString(0));
                    }
                }

                return ids;
            }
        });

    /// <inheritdoc/>
    public ValueTask<Position> FindCheckpointAsync(Position position, CancellationToken cancellationToken) => GuardAsync(
        async () =>
        {
            var command = source.CreateCommand("SELECT coalesce(max(position), 0) FROM checkpoint WHERE position <= $1");
            await using (command.ConfigureAwait(false))
            {
                command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = position.Value });
                return new Position((long)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!);
            }
        });

    /// <inheritdoc/>
    public ValueTask<List<CheckpointRow>> ReadCheckpointAsync(
        Position checkpoint, EntityRange range, int maxRows, CancellationToken cancellationToken) => GuardAsync(
        async () =>
        {
            var command = Ranged(
                $"""
                SELECT id, version, last_updated, properties FROM checkpoint_entity
                 WHERE position = {checkpoint.Value} AND id >= $1 {End(range)} ORDER BY id LIMIT $2
                """,
                range,
                maxRows);
            await using (command.ConfigureAwait(false))
            {
                var rows = new List<CheckpointRow>(maxRows);
                var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (row.ConfigureAwait(false))
                {
                    while (await row.ReadAsync(cancellationToken).ConfigureAwait(false))
                    {
                        rows.Add(new CheckpointRow(
                            row.GetString(0), row.GetInt64(1), new Timestamp(row.GetInt64(2)), row.IsDBNull(3) ? null : row.GetFieldValue<byte[]>(3)));
                    }
                }

                return rows;
            }
        });

    /// <inheritdoc/>
    public async ValueTask ScanAsync(Position first, Position last, IEventSink sink, CancellationToken cancellationToken)
    {
        for (var from = first.Value; from <= last.Value && !sink.IsFull; from += ScanPage)
        {
            var through = Math.Min(from + ScanPage - 1, last.Value);
            await GuardAsync(() => ScanAsync(from, through, sink, cancellationToken)).ConfigureAwait(false);
        }
    }

    private static string End(EntityRange range) => range.End is null ? string.Empty : "AND id < $3";

    private static async ValueTask<T> GuardAsync<T>(Func<ValueTask<T>> read)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw new EventLogUnavailableException("the past cannot be read", e);
        }
    }

    private NpgsqlCommand Ranged(string sql, EntityRange range, long most)
    {
        var command = source.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = range.Start });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = most });
        if (range.End is not null)
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = range.End });
        }

        return command;
    }

    private async ValueTask<long> ScanAsync(long first, long last, IEventSink sink, CancellationToken cancellationToken)
    {
        var batch = source.CreateBatch();
        await using (batch.ConfigureAwait(false))
        {
            // The times apart from the events: looking one up for each would cost more than the event.
            batch.BatchCommands.Add(Between(
                """
                SELECT first_position + count - 1, recorded_at FROM log_commit
                 WHERE first_position BETWEEN (SELECT max(first_position) FROM log_commit WHERE first_position <= $1) AND $2 ORDER BY first_position
                """));
            batch.BatchCommands.Add(Between(
                """
                SELECT position, entity, version, CASE WHEN before IS NOT NULL THEN payload END
                  FROM event WHERE position BETWEEN $1 AND $2 ORDER BY position
                """));
            var row = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (row.ConfigureAwait(false))
            {
                var commits = new List<(long End, Timestamp RecordedAt)>();
                while (await row.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    commits.Add((row.GetInt64(0), new Timestamp(row.GetInt64(1))));
                }

                await row.NextResultAsync(cancellationToken).ConfigureAwait(false);
                var (expected, commit) = (first, 0);
                for (; expected <= last && !sink.IsFull; expected++)
                {
                    var isThere = await row.ReadAsync(cancellationToken).ConfigureAwait(false);
                    if (!isThere || row.GetInt64(0) != expected)
                    {
                        sink.Miss();
                    }

                    if (!isThere)
                    {
                        return last;
                    }

                    expected = row.GetInt64(0);
                    while (commit < commits.Count && commits[commit].End < expected)
                    {
                        commit++;
                    }

                    if (commit == commits.Count)
                    {
                        throw new InvalidDataException($"no commit holds position {expected}");
                    }

                    if (!row.IsDBNull(1) && sink.Wants(row.GetString(1)))
                    {
                        sink.Take(row.GetInt64(2), row.IsDBNull(3) ? null : row.GetFieldValue<byte[]>(3), commits[commit].RecordedAt);
                    }
                }

                return expected - 1;
            }
        }

        NpgsqlBatchCommand Between(string sql) => new(sql)
        {
            Parameters = { new NpgsqlParameter<long> { TypedValue = first }, new NpgsqlParameter<long> { TypedValue = last } },
        };
    }
}
