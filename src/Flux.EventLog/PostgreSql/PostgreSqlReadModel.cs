using System.Runtime.CompilerServices;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.EventLog.Projection;
using Npgsql;

namespace Flux.EventLog.PostgreSql;

/// <summary>The read model on PostgreSQL, whichever silo projects.</summary>
public sealed class PostgreSqlReadModel : IReadModel
{
    private const int PageRows = 1000;

    private readonly NpgsqlDataSource _source;
    private readonly IEventLog _log;
    private readonly IProjection _projection;
    private long _position;
    private long _entityCount;

    internal PostgreSqlReadModel(NpgsqlDataSource source, IEventLog log, IProjection projection) =>
        (_source, _log, _projection) = (source, log, projection);

    /// <inheritdoc/>
    /// <remarks>As of the last <see cref="RefreshAsync"/>.</remarks>
    public long EntityCount => Volatile.Read(ref _entityCount);

    /// <inheritdoc/>
    /// <remarks>As of the last <see cref="RefreshAsync"/>.</remarks>
    public Position Position => new(Volatile.Read(ref _position));

    /// <summary>Looks how far the projection is.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="EventLogUnavailableException">The store cannot be read now.</exception>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (position, count) = await PostgreSqlProjectionStore.ReadPositionAsync(_source, cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _entityCount, count);
            Volatile.Write(ref _position, position);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw Unreadable(e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<EntityState> LoadAsync(EntityKey key, CancellationToken cancellationToken)
    {
        const int page = 1000;
        var state = await ReadStateAsync(key.Id, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<RecordedEvent> rows;
        do
        {
            rows = await _log.ReadEntityAsync(key, state.Version, page, cancellationToken).ConfigureAwait(false);
            foreach (var row in rows)
            {
                state = state.Apply(row);
            }
        }
        while (rows.Count == page);

        return state;
    }

    /// <inheritdoc/>
    public ValueTask<bool> WaitForAsync(Position position, TimeSpan timeout, CancellationToken cancellationToken) =>
        Position >= position ? new ValueTask<bool>(true) : _projection.WaitForAsync(position, timeout, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<long> CountAsync(IReadOnlyCollection<string> namespaces, CancellationToken cancellationToken)
    {
        try
        {
            var command = _source.CreateCommand("SELECT coalesce(sum(entity_count), 0)::bigint FROM namespace_count WHERE namespace = ANY ($1)");
            await using (command.ConfigureAwait(false))
            {
                command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. namespaces] });
                return (long)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw Unreadable(e);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ListedEntity> ListAsync(
        string? ns, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (KeyRange.Of(ns, prefix) is not { } range)
        {
            yield break;
        }

        var after = (string?)null;
        List<ListedEntity> entities;
        do
        {
            entities = await ReadPageAsync(range, after, cancellationToken).ConfigureAwait(false);
            foreach (var entity in entities)
            {
                yield return entity;
            }

            after = entities.Count == 0 ? null : entities[^1].Id;
        }
        while (entities.Count == PageRows);
    }

    private static EventLogUnavailableException Unreadable(Exception cause) => new("the read model cannot be read", cause);

    private async ValueTask<EntityState> ReadStateAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            var command = _source.CreateCommand("SELECT version, hash, last_updated, is_deleted, properties FROM entity WHERE id = $1");
            await using (command.ConfigureAwait(false))
            {
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
                var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (row.ConfigureAwait(false))
                {
                    return await row.ReadAsync(cancellationToken).ConfigureAwait(false) ? StateRow.Read(row, first: 0) : EntityState.Empty;
                }
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw Unreadable(e);
        }
    }

    private async Task<List<ListedEntity>> ReadPageAsync(KeyRange range, string? after, CancellationToken cancellationToken)
    {
        try
        {
            var end = range.EndText;
            var command = _source.CreateCommand(
                $"""
                SELECT id, properties, last_updated, version FROM entity
                 WHERE id {(after is null ? ">=" : ">")} $1 {(end is null ? "" : "AND id < $2")} AND NOT is_deleted ORDER BY id LIMIT {PageRows}
                """);
            await using (command.ConfigureAwait(false))
            {
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = after ?? range.Prefix });
                if (end is not null)
                {
                    command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = end });
                }

                var entities = new List<ListedEntity>();
                var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (row.ConfigureAwait(false))
                {
                    while (await row.ReadAsync(cancellationToken).ConfigureAwait(false))
                    {
                        entities.Add(new ListedEntity(
                            row.GetString(0), row.GetFieldValue<byte[]>(1), new Timestamp(row.GetInt64(2)), row.GetInt64(3)));
                    }
                }

                return entities;
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw Unreadable(e);
        }
    }
}
