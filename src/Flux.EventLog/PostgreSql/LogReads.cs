using Flux.Core.Entities;
using Flux.Core.Log;
using Flux.EventLog.Rows;
using Npgsql;

namespace Flux.EventLog.PostgreSql;

/// <summary>The statements that read the log. Each is one short transaction; none holds a snapshot between pages.</summary>
/// <param name="source">The connections that read.</param>
/// <param name="heads">Those that read where the log ends.</param>
internal sealed class LogReads(NpgsqlDataSource source, NpgsqlDataSource heads)
{
    // A namespace may be a thousandth of the log: a reader gets an empty page after so many rows, and goes on if it still wants to.
    public const int MaxScanned = 10_000;

    // The bytes that an event, which may be missing, adds to a page: known without reading the values.
    private const string Size = "(coalesce(octet_length(e.payload), 0) + coalesce(octet_length(e.before), 0))";

    // Nobody looks for it: the beginning of time stands for it, as where no commit holds a position.
    private static readonly Func<long, Timestamp> TimeOfMissing = static _ => default;

    /// <summary>Reads where the log ends.</summary>
    /// <param name="asked">A position, to hear of the commit that holds it.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async ValueTask<HeadAnswer> ReadHeadAsync(Position asked, CancellationToken cancellationToken)
    {
        var command = heads.CreateCommand(
            $"""
            SELECT position, recorded_at, digest, {AppendCommand.Now},
                   (SELECT c.digest FROM log_commit c WHERE c.first_position <= $1 ORDER BY c.first_position DESC LIMIT 1)
              FROM log_head
            """);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = asked.Value });
            var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (row.ConfigureAwait(false))
            {
                await row.ReadAsync(cancellationToken).ConfigureAwait(false);
                return new HeadAnswer(
                    new LogHead(new Position(row.GetInt64(0)), new Timestamp(row.GetInt64(1)), row.GetFieldValue<byte[]>(2)),
                    new Timestamp(row.GetInt64(3)),
                    row.IsDBNull(4) ? null : row.GetFieldValue<byte[]>(4));
            }
        }
    }

    /// <summary>Ends the connections that are kept: who reads next makes a new one.</summary>
    public void ForgetConnections() => source.Clear();

    /// <summary>Reads the hashes of the events at some positions.</summary>
    /// <param name="first">The first position.</param>
    /// <param name="last">The last position.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The hashes by position.</returns>
    public async ValueTask<IReadOnlyDictionary<long, byte[]>> ReadHashesAtAsync(long first, long last, CancellationToken cancellationToken)
    {
        var hashes = new Dictionary<long, byte[]>();
        var command = source.CreateCommand("SELECT position, hash FROM event WHERE position BETWEEN $1 AND $2");
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = first });
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = last });
            var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (row.ConfigureAwait(false))
            {
                while (await row.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    hashes.Add(row.GetInt64(0), row.GetFieldValue<byte[]>(1));
                }
            }
        }

        return hashes;
    }

    /// <summary>Measures the tables of the log and their indexes.</summary>
    public async ValueTask<long> ReadBytesAsync(CancellationToken cancellationToken)
    {
        // A look at the length of each file. A partition that was detached is no part of the log any more.
        var command = source.CreateCommand(
            """
            SELECT sum(pg_total_relation_size(relation))::bigint FROM (
                SELECT relid AS relation FROM pg_partition_tree('event')
                UNION ALL
                SELECT unnest(ARRAY['log_commit', 'entity_event', 'event_id']::regclass[])) AS log
            """);
        await using (command.ConfigureAwait(false))
        {
            return (long)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
        }
    }

    /// <summary>Reads events in position order, in either direction.</summary>
    /// <param name="ns">The namespace wanted; null for all.</param>
    /// <param name="from">The first position to look at.</param>
    /// <param name="head">The last position that may be shown.</param>
    /// <param name="direction">Which way.</param>
    /// <param name="page">Takes the events.</param>
    /// <param name="maxCount">The most events.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The last position looked at.</returns>
    public async ValueTask<long> ReadAsync(
        string? ns, long from, long head, ReadDirection direction, PageBuilder page, int maxCount, CancellationToken cancellationToken)
    {
        var isForward = direction == ReadDirection.Forward;
        var window = ns is null ? maxCount : MaxScanned;
        var (low, high) = isForward ? (from, Math.Min(from + window - 1, head)) : (Math.Max(from - window + 1, 1), from);
        var wanted = ns switch
        {
            null => string.Empty,
            "" => "AND (e.entity IS NULL OR strpos(e.entity, '/') <= 1)",
            _ => "AND starts_with(e.entity, $4 || '/')",
        };
        var order = isForward ? "ASC" : "DESC";

        // All that is sent has to be read, wanted or not: so the server stops at the bounds of the page too, at the one in bytes by the sizes
        // alone. It sends the first row that does not fit any more: that tells where to go on.
        var command = source.CreateCommand(
            $"""
            SELECT {EventRow.Columns}, e.bytes FROM (
                SELECT e.*, sum({Size}) OVER (ORDER BY e.position {order} ROWS UNBOUNDED PRECEDING) AS bytes
                  FROM event e WHERE e.position BETWEEN $1 AND $2 {wanted} ORDER BY e.position {order} LIMIT $3
              ) e WHERE e.bytes - {Size} <= {PageBuilder.MaxBytes}
             ORDER BY e.position {order}
            """);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(Number(low));
            command.Parameters.Add(Number(high));
            command.Parameters.Add(Number(maxCount + 1L));
            if (ns is { Length: > 0 })
            {
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = ns });
            }

            var (step, end) = isForward ? (1, high) : (-1, low);
            var last = isForward ? low - 1 : high + 1;
            var bytes = 0L;
            var decoder = new StoredRowDecoder();
            var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (row.ConfigureAwait(false))
            {
                while (await row.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    var position = row.GetInt64(0);
                    if (ns is null && !page.TryPass(ref last, position, TimeOfMissing))
                    {
                        return last;
                    }

                    if (page.IsFull || !page.TryAdd(EventRow.Read(row, decoder)))
                    {
                        return position - step;
                    }

                    (last, bytes) = (position, row.GetInt64(10));
                }
            }

            if (bytes > PageBuilder.MaxBytes)
            {
                return last; // the server has stopped, and the page has room: what stands for a damaged event is shorter than what is stored
            }

            return ns is not null || page.TryPass(ref last, end + step, TimeOfMissing) ? end : last;
        }
    }

    /// <summary>Reads an entity's events in the order of their versions.</summary>
    /// <param name="entity">The entity's id.</param>
    /// <param name="afterVersion">The version before the first one wanted.</param>
    /// <param name="maxCount">The most events.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The events; one that is missing, or is not the entity's, is marked as damaged.</returns>
    public async ValueTask<List<RecordedEvent>> ReadEntityAsync(
        string entity, long afterVersion, int maxCount, CancellationToken cancellationToken)
    {
        var command = source.CreateCommand(
            $"""
            SELECT {EventRow.Columns}, x.position, x.version FROM entity_event x LEFT JOIN event e ON e.position = x.position
             WHERE x.entity = $1 AND x.version > $2 ORDER BY x.version LIMIT $3
            """);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = entity });
            command.Parameters.Add(Number(afterVersion));
            command.Parameters.Add(Number(maxCount));
            var rows = new List<RecordedEvent>();
            var decoder = new StoredRowDecoder();
            var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (row.ConfigureAwait(false))
            {
                while (await row.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    var (position, version) = (row.GetInt64(10), row.GetInt64(11));
                    rows.Add(OwnRow.Of(entity, version, position, row.IsDBNull(0) ? null : EventRow.Read(row, decoder)));
                }
            }

            return rows;
        }
    }

    /// <summary>Reads a page of an entity's events in the order of their versions, in either direction. The server stops at the bounds of the page.</summary>
    /// <param name="entity">The entity's id.</param>
    /// <param name="version">Forward the version before the first one wanted, backward the first one wanted.</param>
    /// <param name="direction">Which way.</param>
    /// <param name="page">Takes the events.</param>
    /// <param name="maxCount">The most events.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>Whether there are no more.</returns>
    public async ValueTask<bool> ReadEntityAsync(
        string entity, long version, ReadDirection direction, PageBuilder page, int maxCount, CancellationToken cancellationToken)
    {
        var (wanted, order) = direction == ReadDirection.Forward ? (">", "ASC") : ("<=", "DESC");
        var command = source.CreateCommand(
            $"""
            SELECT {EventRow.Columns}, e.own_position, e.own_version, e.bytes FROM (
                SELECT e.*, x.position AS own_position, x.version AS own_version,
                       sum({Size}) OVER (ORDER BY x.version {order} ROWS UNBOUNDED PRECEDING) AS bytes
                  FROM entity_event x LEFT JOIN event e ON e.position = x.position
                 WHERE x.entity = $1 AND x.version {wanted} $2 ORDER BY x.version {order} LIMIT $3
              ) e WHERE e.bytes - {Size} <= {PageBuilder.MaxBytes}
             ORDER BY e.own_version {order}
            """);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = entity });
            command.Parameters.Add(Number(version));
            command.Parameters.Add(Number(maxCount + 1L));
            var bytes = 0L;
            var decoder = new StoredRowDecoder();
            var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (row.ConfigureAwait(false))
            {
                while (await row.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    var (position, own) = (row.GetInt64(10), row.GetInt64(11));
                    if (page.IsFull || !page.TryAdd(OwnRow.Of(entity, own, position, row.IsDBNull(0) ? null : EventRow.Read(row, decoder))))
                    {
                        return false;
                    }

                    bytes = row.GetInt64(12);
                }
            }

            return bytes <= PageBuilder.MaxBytes; // beyond it the server has stopped
        }
    }

    /// <summary>Finds how many of an entity's events stand before a position.</summary>
    /// <param name="entity">The entity's id.</param>
    /// <param name="position">The position.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The last version before it, 0 for none; and the position of the log's head at that moment.</returns>
    /// <exception cref="EntityQuarantinedException">A version is missing.</exception>
    public async ValueTask<(long Before, long Head)> FindVersionBeforeAsync(string entity, long position, CancellationToken cancellationToken)
    {
        // Positions of an entity rise with its versions, which have no gap, so the index on them is searched by halves: 20 looks for a million
        // versions. An index with the position in it would do it in one, and cost every append.
        var command = source.CreateCommand(
            """
            WITH RECURSIVE search (low, high) AS (
              SELECT 0::bigint, coalesce((SELECT version FROM entity_event WHERE entity = $1 ORDER BY version DESC LIMIT 1), 0)
              UNION ALL
              SELECT CASE WHEN m.position < $2 THEN m.version ELSE s.low END, CASE WHEN m.position < $2 THEN s.high ELSE m.version - 1 END
                FROM search s, LATERAL (SELECT version, position FROM entity_event WHERE entity = $1 AND version = (s.low + s.high + 1) / 2) m
               WHERE s.low < s.high
            )
            SELECT (SELECT low FROM search WHERE low = high), position FROM log_head
            """);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = entity });
            command.Parameters.Add(Number(position));
            var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (row.ConfigureAwait(false))
            {
                await row.ReadAsync(cancellationToken).ConfigureAwait(false);
                return row.IsDBNull(0)
                    ? throw new EntityQuarantinedException(new EntityDamage(new Position(position), 0, "or one before it, is missing in the index of versions"))
                    : (row.GetInt64(0), row.GetInt64(1));
            }
        }
    }

    public async ValueTask<RecordedEvent?> FindByEventIdAsync(string ns, string eventId, CancellationToken cancellationToken)
    {
        var rows = await ReadRowsAsync(
                $"SELECT {EventRow.Columns} FROM event_id i JOIN event e ON e.position = i.position WHERE i.namespace = $1 AND i.event_id = $2",
                [new NpgsqlParameter<string> { TypedValue = ns }, new NpgsqlParameter<string> { TypedValue = eventId }],
                cancellationToken)
            .ConfigureAwait(false);
        return rows.Count == 0 ? null : rows[0];
    }

    /// <summary>Reads the events with a cause, in position order.</summary>
    /// <param name="cause">The position of the cause.</param>
    /// <param name="after">The position after which to begin.</param>
    /// <param name="maxCount">The most events.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public ValueTask<List<RecordedEvent>> ReadEffectsAsync(long cause, long after, int maxCount, CancellationToken cancellationToken) =>
        ReadRowsAsync(
            $"SELECT {EventRow.Columns} FROM event e WHERE e.cause = $1 AND e.position > $2 ORDER BY e.position LIMIT $3",
            [Number(cause), Number(after), Number(maxCount)],
            cancellationToken);

    /// <summary>Reads the hashes of single events, in the order asked for.</summary>
    /// <param name="events">The events: entity and version.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The hashes; null for an event that is not there.</returns>
    public async ValueTask<byte[]?[]> ReadHashesAsync(IReadOnlyList<(string Entity, long Version)> events, CancellationToken cancellationToken)
    {
        // LATERAL with LIMIT pins the indexes, as in the fences.
        var command = source.CreateCommand(
            """
            SELECT e.hash FROM unnest($1, $2) WITH ORDINALITY AS r(entity, version, number)
              LEFT JOIN LATERAL (SELECT position FROM entity_event x WHERE x.entity = r.entity AND x.version = r.version LIMIT 1) f ON true
              LEFT JOIN LATERAL (SELECT hash FROM event WHERE event.position = f.position LIMIT 1) e ON true
             ORDER BY r.number
            """);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. events.Select(e => e.Entity)] });
            command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. events.Select(e => e.Version)] });
            var hashes = new List<byte[]?>(events.Count);
            var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (row.ConfigureAwait(false))
            {
                while (await row.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    hashes.Add(row.IsDBNull(0) ? null : row.GetFieldValue<byte[]>(0));
                }
            }

            return [.. hashes];
        }
    }

    /// <summary>Finds the first position recorded at or after a time.</summary>
    /// <returns>Null when nothing is that late.</returns>
    public async ValueTask<long?> FindPositionAsync(Timestamp time, CancellationToken cancellationToken)
    {
        var command = source.CreateCommand("SELECT first_position FROM log_commit WHERE recorded_at >= $1 ORDER BY recorded_at, first_position LIMIT 1");
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = time.Microseconds });
            return (long?)await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static NpgsqlParameter<long> Number(long value) => new() { TypedValue = value };

    private async ValueTask<List<RecordedEvent>> ReadRowsAsync(string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        var command = source.CreateCommand(sql);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.AddRange(parameters);
            var rows = new List<RecordedEvent>();
            var decoder = new StoredRowDecoder();
            var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (row.ConfigureAwait(false))
            {
                while (await row.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    rows.Add(EventRow.Read(row, decoder));
                }
            }

            return rows;
        }
    }
}
