using System.Globalization;
using Flux.Core.Log;
using Flux.EventLog.Rows;
using Npgsql;

namespace Flux.EventLog.PostgreSql;

/// <summary>What can stop an append: rows that are there already, and the list of writers that may write no more.</summary>
internal static class AppendFences
{
    // A wakened writer of long ago is fenced by its silo's name too, and no machine sleeps through so many deaths of others.
    private const int MostFenced = 200;

    /// <summary>Takes the right to write from writers, and looks for a commit of theirs.</summary>
    /// <param name="source">The database.</param>
    /// <param name="writers">The names to fence.</param>
    /// <param name="commitId">The commit to look for; null for none.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The commit; null when it is not there, and then it never will be.</returns>
    public static async ValueTask<CommitRow?> FenceAsync(
        NpgsqlDataSource source, string[] writers, Guid? commitId, CancellationToken cancellationToken)
    {
        var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                // The newest last; the update waits for whoever holds the head, and whoever waits behind it is refused.
                var fence = new NpgsqlCommand(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"""
                        UPDATE log_head SET fenced = (
                          SELECT array_agg(name ORDER BY o) FROM (
                            SELECT name, min(o) AS o FROM unnest(fenced || $1) WITH ORDINALITY AS f(name, o) GROUP BY name ORDER BY 2 DESC LIMIT {MostFenced}) AS newest)
                         WHERE NOT fenced @> $1
                        """),
                    connection);
                await using (fence.ConfigureAwait(false))
                {
                    fence.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = writers });
                    await fence.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
                }

                var commit = commitId is { } id ? await FindCommitAsync(connection, id, cancellationToken).ConfigureAwait(false) : null;
                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
                return commit;
            }
        }
    }

    /// <summary>Judges events against what the log has, in one round trip and without a lock.</summary>
    /// <remarks>
    /// Rows are never changed, so a refusal or a repetition that is found stays right. Acceptance may be overtaken by another writer; the append
    /// meets the fence again then, and the events are judged anew.
    /// </remarks>
    public static async Task<AppendJudgement> JudgeAsync(
        NpgsqlConnection connection, IReadOnlyList<EventToAppend> events, CancellationToken cancellationToken)
    {
        var versions = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var item in events)
        {
            if (item.Data.Payload.EntityId is { } entity)
            {
                versions.TryAdd(entity, 0);
            }
        }

        var given = events.Where(item => item.Data.EventIdIsGiven).Select(item => AppendJudgement.IdOf(item.Data)).Distinct().ToList();
        var recorded = new Dictionary<(string Namespace, string EventId), RecordedEvent>();
        var decoder = new StoredRowDecoder();
        var batch = new NpgsqlBatch(connection) { BatchCommands = { VersionsOf([.. versions.Keys]), RowsOf(given) } };
        await using (batch.ConfigureAwait(false))
        {
            var row = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (row.ConfigureAwait(false))
            {
                while (await row.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    versions[row.GetString(0)] = row.GetInt64(1);
                }

                await row.NextResultAsync(cancellationToken).ConfigureAwait(false);
                while (await row.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    recorded[(row.GetString(10), row.GetString(11))] = EventRow.Read(row, decoder);
                }
            }
        }

        return AppendJudgement.Of(
            events,
            versions,
            recorded.ToDictionary(pair => pair.Key, pair => pair.Value.Position.Value),
            position => recorded.Values.First(found => found.Position.Value == position));
    }

    private static async Task<CommitRow?> FindCommitAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken)
    {
        var find = new NpgsqlCommand("SELECT first_position, count, recorded_at, writer, digest FROM log_commit WHERE id = $1", connection);
        await using (find.ConfigureAwait(false))
        {
            find.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
            var row = await find.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (row.ConfigureAwait(false))
            {
                return await row.ReadAsync(cancellationToken).ConfigureAwait(false)
                    ? new CommitRow(
                        new Position(row.GetInt64(0)), row.GetInt32(1), new Timestamp(row.GetInt64(2)), id, row.GetString(3), row.GetFieldValue<byte[]>(4))
                    : null;
            }
        }
    }

    // LATERAL with LIMIT pins the index: as a join it might become a walk over the whole table. Asked before the ids: who is found there is a
    // repetition, whatever its version became meanwhile.
    private static NpgsqlBatchCommand VersionsOf(string[] entities) => new(
        """
        SELECT r.entity, f.version FROM unnest($1) AS r(entity),
               LATERAL (SELECT version FROM entity_event x WHERE x.entity = r.entity ORDER BY version DESC LIMIT 1) f
        """)
    {
        Parameters = { new NpgsqlParameter<string[]> { TypedValue = entities } },
    };

    private static NpgsqlBatchCommand RowsOf(List<(string Namespace, string EventId)> ids) => new(
        $"""
        SELECT {EventRow.Columns}, r.ns, r.id FROM unnest($1, $2) AS r(ns, id),
               LATERAL (SELECT position FROM event_id x WHERE x.namespace = r.ns AND x.event_id = r.id LIMIT 1) f,
               LATERAL (SELECT * FROM event WHERE event.position = f.position LIMIT 1) e
        """)
    {
        Parameters =
        {
            new NpgsqlParameter<string[]> { TypedValue = [.. ids.Select(id => id.Namespace)] },
            new NpgsqlParameter<string[]> { TypedValue = [.. ids.Select(id => id.EventId)] },
        },
    };
}
