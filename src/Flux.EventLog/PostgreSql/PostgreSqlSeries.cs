using Flux.Core.Log;
using Flux.EventLog.Series;
using Npgsql;

namespace Flux.EventLog.PostgreSql;

/// <summary>The chunks of series on PostgreSQL.</summary>
/// <param name="read">The connections that read.</param>
/// <param name="write">Those that write without waiting for the disk: what a crash takes is made again.</param>
internal sealed class PostgreSqlSeries(NpgsqlDataSource read, NpgsqlDataSource write) : ISeriesStore
{
    /// <inheritdoc/>
    public async ValueTask<List<(long Stretch, byte[]? Points)>> ReadChunksAsync(
        string id, byte[] property, long first, long last, CancellationToken cancellationToken)
    {
        try
        {
            var command = read.CreateCommand(
                """
                SELECT s.stretch, c.points
                  FROM series_stretch s LEFT JOIN series_chunk c ON c.entity = s.entity AND c.property = $2 AND c.stretch = s.stretch
                 WHERE s.entity = $1 AND s.stretch BETWEEN $3 AND $4 ORDER BY s.stretch
                """);
            await using (command.ConfigureAwait(false))
            {
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
                command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = property });
                command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = first });
                command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = last });
                var chunks = new List<(long Stretch, byte[]? Points)>();
                var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (row.ConfigureAwait(false))
                {
                    while (await row.ReadAsync(cancellationToken).ConfigureAwait(false))
                    {
                        chunks.Add((row.GetInt64(0), row.IsDBNull(1) ? null : row.GetFieldValue<byte[]>(1)));
                    }
                }

                return chunks;
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw new EventLogUnavailableException("the read model cannot be read", e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask KeepAsync(IReadOnlyList<KeptStretch> stretches, CancellationToken cancellationToken)
    {
        try
        {
            var command = write.CreateCommand(
                """
                WITH chunks AS (
                  INSERT INTO series_chunk (entity, property, stretch, points) SELECT * FROM unnest($1, $2, $3, $4)
                  ON CONFLICT (entity, property, stretch) DO UPDATE SET points = excluded.points
                )
                INSERT INTO series_stretch (entity, stretch) SELECT * FROM unnest($5, $6) ON CONFLICT DO NOTHING
                """);
            await using (command.ConfigureAwait(false))
            {
                // Sorted, so that two who write the same never wait for each other's rows crosswise.
                var sorted = stretches.OrderBy(s => s.Entity, StringComparer.Ordinal).ThenBy(s => s.Number).ToList();
                var chunks = sorted.SelectMany(s => s.Chunks, (s, chunk) => (s.Entity, s.Number, chunk)).ToList();
                command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. chunks.Select(c => c.Entity)] });
                command.Parameters.Add(new NpgsqlParameter<byte[][]> { TypedValue = [.. chunks.Select(c => c.chunk.Property)] });
                command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. chunks.Select(c => c.Number)] });
                command.Parameters.Add(new NpgsqlParameter<byte[][]> { TypedValue = [.. chunks.Select(c => c.chunk.Points)] });
                command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. sorted.Select(stretch => stretch.Entity)] });
                command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. sorted.Select(stretch => stretch.Number)] });
                await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw new EventLogUnavailableException("the read model cannot be written to", e);
        }
    }
}
