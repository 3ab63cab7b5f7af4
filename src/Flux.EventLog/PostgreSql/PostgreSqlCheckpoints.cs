using Flux.Core.Log;
using Flux.EventLog.Past;
using Npgsql;

namespace Flux.EventLog.PostgreSql;

/// <summary>Makes checkpoints in the read model on PostgreSQL. Of two silos that make the same one, one makes none.</summary>
internal sealed class PostgreSqlCheckpoints(NpgsqlDataSource source) : ICheckpointStore
{
    /// <inheritdoc/>
    public async ValueTask<Position?> KeepIfDueAsync(long minEvents, CancellationToken cancellationToken)
    {
        try
        {
            if (!await IsDueAsync(minEvents, cancellationToken).ConfigureAwait(false))
            {
                return null;
            }

            // One statement sees one moment: the position and the rows are of the same. In a large world it takes longer than others may.
            var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
                await using (transaction.ConfigureAwait(false))
                {
                    var unlimited = new NpgsqlCommand("SET LOCAL statement_timeout = 0", connection);
                    await using (unlimited.ConfigureAwait(false))
                    {
                        await unlimited.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
                    }

                    var command = new NpgsqlCommand(
                        $"""
                        WITH made AS (
                          INSERT INTO checkpoint SELECT position FROM projection ON CONFLICT DO NOTHING RETURNING position
                        ), copied AS (
                          INSERT INTO checkpoint_entity
                          SELECT made.position, e.id, e.version, e.last_updated,
                                 CASE WHEN e.damage IS NULL AND octet_length(e.properties) <= {Checkpoints.MaxProperties} THEN e.properties END
                            FROM made, entity e WHERE NOT e.is_deleted ORDER BY e.id
                        )
                        SELECT position FROM made
                        """,
                        connection)
                    { CommandTimeout = 0 };
                    await using (command.ConfigureAwait(false))
                    {
                        var made = (long?)await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
                        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
                        return made is { } position ? new Position(position) : null;
                    }
                }
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw new EventLogUnavailableException("the read model cannot be written to", e);
        }
    }

    private async ValueTask<bool> IsDueAsync(long minEvents, CancellationToken cancellationToken)
    {
        var command = source.CreateCommand(
            "SELECT (SELECT coalesce(max(position), 0) FROM checkpoint), position, entity_count FROM projection");
        await using (command.ConfigureAwait(false))
        {
            var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (row.ConfigureAwait(false))
            {
                return await row.ReadAsync(cancellationToken).ConfigureAwait(false)
                    && Checkpoints.IsDue(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), minEvents);
            }
        }
    }
}
