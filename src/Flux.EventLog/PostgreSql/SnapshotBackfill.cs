using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.EventLog.Projection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Flux.EventLog.PostgreSql;

/// <summary>Writes the snapshots that are missing because a version of Flux without them has projected: once after an upgrade.</summary>
/// <remarks>
/// It runs beside the projection. Until it is done, whoever asks for an old state of an entity without snapshots waits while they are written; nobody gets a wrong one. It works
/// entity by entity and may be stopped anywhere: what is there already is passed over the next time.
/// </remarks>
internal sealed partial class SnapshotBackfill(
    NpgsqlDataSource source, PostgreSqlStates states, EntityLoader loader, TimeProvider timeProvider, ILogger<SnapshotBackfill> logger)
{
    private const int PageEntities = 1000;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Writes them all. It ends when they are there, when it is stopped, and, logged, when the log lacks what they need.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (!await TryWriteAllAsync(cancellationToken).ConfigureAwait(false))
            {
                await Task.Delay(RetryAfter, timeProvider, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // the next projection goes on
        }
        catch (Exception e)
        {
            LogBroken(e); // old states stay as dear as they are; nothing else needs snapshots
        }
    }

    private async Task<bool> TryWriteAllAsync(CancellationToken cancellationToken)
    {
        try
        {
            var from = await ReadNumberAsync("SELECT snapshots_from FROM projection", cancellationToken).ConfigureAwait(false);
            if (from == 0)
            {
                return true;
            }

            LogBegins(from);
            var written = 0L;
            for (EntityRange? rest = EntityRange.Everything; rest is not null;)
            {
                (var entities, rest) = await ReadEntitiesAsync(rest, cancellationToken).ConfigureAwait(false);
                foreach (var (id, version) in entities)
                {
                    written += await WriteAsync(EntityKey.Trusted(id), version, cancellationToken).ConfigureAwait(false);
                }
            }

            // Unless a projection without snapshots has come between: then the stretch has begun anew, and so must this.
            var done = await ReadNumberAsync(
                    $"""
                    WITH done AS (
                      UPDATE projection SET snapshots_from = 0 WHERE snapshots_from = {from} AND snapshots_to = position RETURNING 1
                    )
                    SELECT count(*) FROM done
                    """,
                    cancellationToken)
                .ConfigureAwait(false);
            LogDone(written, done == 1);
            return true;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or EventLogUnavailableException)
        {
            LogFailed(e);
            return false;
        }
    }

    /// <summary>Reads the next entities that have so many versions that they must have snapshots.</summary>
    private async Task<(List<(string Id, long Version)> Entities, EntityRange? Left)> ReadEntitiesAsync(
        EntityRange range, CancellationToken cancellationToken)
    {
        var command = source.CreateCommand("SELECT id, version FROM entity WHERE id >= $1 AND damage IS NULL ORDER BY id LIMIT $2");
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = range.Start });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = PageEntities });
            var entities = new List<(string Id, long Version)>();
            EntityRange? rest = null;
            var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (row.ConfigureAwait(false))
            {
                for (var count = 1; await row.ReadAsync(cancellationToken).ConfigureAwait(false); count++)
                {
                    rest = count == PageEntities ? range.After(row.GetString(0)) : null;
                    if (row.GetInt64(1) >= StoredState.SnapshotEvery)
                    {
                        entities.Add((row.GetString(0), row.GetInt64(1)));
                    }
                }
            }

            return (entities, rest);
        }
    }

    private async Task<int> WriteAsync(EntityKey key, long version, CancellationToken cancellationToken)
    {
        var present = await ReadVersionsAsync(key.Id, cancellationToken).ConfigureAwait(false);
        var written = 0;
        for (long at = StoredState.SnapshotEvery; at <= version; at += StoredState.SnapshotEvery)
        {
            if (present.Contains(at))
            {
                continue;
            }

            EntityState state;
            try
            {
                state = await loader.LoadAsync(key, at, cancellationToken).ConfigureAwait(false);
            }
            catch (EntityQuarantinedException)
            {
                break; // reported by who found it; what was behind the damage has no state
            }

            if (at == version)
            {
                await states.KeepAsync(key.Id, state, cancellationToken).ConfigureAwait(false); // it was the row's: loading it has written nothing
            }

            written++;
        }

        return written;
    }

    private async Task<HashSet<long>> ReadVersionsAsync(string id, CancellationToken cancellationToken)
    {
        var command = source.CreateCommand("SELECT coalesce(array_agg(version), '{}') FROM entity_snapshot WHERE entity = $1");
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
            return [.. (long[])(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!];
        }
    }

    private async Task<long> ReadNumberAsync(string sql, CancellationToken cancellationToken)
    {
        var command = source.CreateCommand(sql);
        await using (command.ConfigureAwait(false))
        {
            return (long)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
        }
    }

    [LoggerMessage(LogLevel.Information, "Snapshots of entities up to position {Position} are written, as far as they are missing")]
    private partial void LogBegins(long position);

    [LoggerMessage(LogLevel.Information, "{Count} missing snapshots are written; all are there: {IsWhole}")]
    private partial void LogDone(long count, bool isWhole);

    [LoggerMessage(LogLevel.Warning, "Missing snapshots cannot be written now; trying again in a second")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(LogLevel.Error, "Missing snapshots cannot be written; states of long ago are read from many events until they are")]
    private partial void LogBroken(Exception exception);
}
