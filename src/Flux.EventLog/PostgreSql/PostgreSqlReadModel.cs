using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.EventLog.Projection;
using Npgsql;

namespace Flux.EventLog.PostgreSql;

/// <summary>The read model on PostgreSQL, whichever silo projects.</summary>
public sealed class PostgreSqlReadModel : IReadModel
{
    private readonly NpgsqlDataSource _source;
    private readonly EntityLoader _loader;
    private readonly IProjection _projection;
    private readonly Lock _promiseGate = new();
    private long _position;
    private long _entityCount;
    private long _promised; // up to where somebody was told that everything is projected

    internal PostgreSqlReadModel(NpgsqlDataSource source, EntityLoader loader, IProjection projection) =>
        (_source, _loader, _projection) = (source, loader, projection);

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
    public ValueTask<EntityState> LoadAsync(EntityKey key, CancellationToken cancellationToken) => _loader.LoadAsync(key, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<EntityState> LoadAsync(EntityKey key, long version, CancellationToken cancellationToken) =>
        _loader.LoadAsync(key, version, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<bool> WaitForAsync(Position position, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (Position < position && !await _projection.WaitForAsync(position, timeout, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        lock (_promiseGate)
        {
            _promised = Math.Max(_promised, position.Value);
        }

        return true;
    }

    /// <inheritdoc/>
    public async ValueTask<long> CountAsync(IReadOnlyCollection<string> namespaces, CancellationToken cancellationToken)
    {
        var promised = ReadPromised();
        try
        {
            var command = _source.CreateCommand(
                "SELECT position, coalesce((SELECT sum(entity_count) FROM namespace_count WHERE namespace = ANY ($1)), 0)::bigint FROM projection");
            await using (command.ConfigureAwait(false))
            {
                command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. namespaces] });
                var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (row.ConfigureAwait(false))
                {
                    await row.ReadAsync(cancellationToken).ConfigureAwait(false);
                    Check(row.GetInt64(0), promised);
                    return row.GetInt64(1);
                }
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw Unreadable(e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<DueEntity>> FindDueAsync(Timestamp by, DueEntity after, int maxCount, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCount, 1);
        try
        {
            var command = _source.CreateCommand(
                "SELECT due_at, id FROM entity WHERE due_at <= $1 AND damage IS NULL AND (due_at, id) > ($2, $3) ORDER BY due_at, id LIMIT $4");
            await using (command.ConfigureAwait(false))
            {
                command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = by.Microseconds });
                command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after.At.Microseconds });
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = after.Id });
                command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = maxCount });
                var due = new List<DueEntity>();
                var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (row.ConfigureAwait(false))
                {
                    while (await row.ReadAsync(cancellationToken).ConfigureAwait(false))
                    {
                        due.Add(new DueEntity(new Timestamp(row.GetInt64(0)), row.GetString(1)));
                    }
                }

                return due;
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw Unreadable(e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<QuarantinedEntity>> ReadQuarantinedAsync(string? after, int maxCount, CancellationToken cancellationToken)
    {
        try
        {
            var command = _source.CreateCommand("SELECT id, damage FROM entity WHERE damage IS NOT NULL AND ($1 IS NULL OR id > $1) ORDER BY id LIMIT $2");
            await using (command.ConfigureAwait(false))
            {
                command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = after });
                command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = maxCount });
                var found = new List<QuarantinedEntity>();
                var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (row.ConfigureAwait(false))
                {
                    while (await row.ReadAsync(cancellationToken).ConfigureAwait(false))
                    {
                        found.Add(new QuarantinedEntity(row.GetString(0), EntityDamage.Parse(row.GetString(1))!));
                    }
                }

                return found;
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw Unreadable(e);
        }
    }

    /// <inheritdoc/>
    public ValueTask QuarantineAsync(EntityKey key, EntityDamage damage, CancellationToken cancellationToken) =>
        _loader.QuarantineAsync(key, damage, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<EntityPage> ReadPageAsync(EntityRange range, int maxRows, CancellationToken cancellationToken) =>
        ReadPageAsync(range, maxRows, showsSystem: false, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<ListedEntity> ListAsync(string? ns, string prefix, CancellationToken cancellationToken) =>
        EntityPages.ListAsync(
            EntityRange.OfNamespace(ns, prefix),
            (range, maxRows, token) => ReadPageAsync(range, maxRows, showsSystem: true, token),
            cancellationToken);

    // What was projected is not what is there: a database that crashed may have lost the end of the read model, and the projection writes it again.
    private static void Check(long position, long promised)
    {
        if (position < promised)
        {
            throw new EventLogUnavailableException("the lists are being brought up to date; ask again");
        }
    }

    private static EventLogUnavailableException Unreadable(Exception cause) => new("the read model cannot be read", cause);

    private static ListedEntity ToListed(NpgsqlDataReader row) =>
        new(row.GetString(1), row.GetFieldValue<byte[]>(2), new Timestamp(row.GetInt64(3)), row.GetInt64(4));

    // Before the statement is sent: what is promised later, it need not have seen.
    private long ReadPromised()
    {
        lock (_promiseGate)
        {
            return _promised;
        }
    }

    private async ValueTask<EntityPage> ReadPageAsync(EntityRange range, int maxRows, bool showsSystem, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRows, 1);
        var promised = ReadPromised();
        try
        {
            // One statement sees one moment: the position and the rows are of the same. The server stops at the bound in bytes too, from the sizes
            // alone, so that a thousand large entities are not sent for the first one.
            var command = _source.CreateCommand(
                $"""
                SELECT p.position, e.id, e.properties, e.last_updated, e.version, e.is_deleted, e.is_damaged
                  FROM projection p LEFT JOIN (
                    SELECT id, properties, last_updated, version, is_deleted, damage IS NOT NULL AS is_damaged,
                           sum(octet_length(properties)) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) - octet_length(properties) AS before
                      FROM entity WHERE id >= $1 {(range.End is null ? "" : "AND id < $4")} ORDER BY id LIMIT $2
                  ) e ON e.before <= $3
                 ORDER BY e.id
                """);
            await using (command.ConfigureAwait(false))
            {
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = range.Start });
                command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = maxRows });
                command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = EntityPageBuilder.MaxBytes });
                if (range.End is not null)
                {
                    command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = range.End });
                }

                var page = new EntityPageBuilder(range, maxRows, showsSystem);
                var position = 0L;
                var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (row.ConfigureAwait(false))
                {
                    while (await row.ReadAsync(cancellationToken).ConfigureAwait(false))
                    {
                        position = row.GetInt64(0);
                        if (row.IsDBNull(1) || !page.TryAdd(ToListed(row), isDeleted: row.GetBoolean(5), isDamaged: row.GetBoolean(6)))
                        {
                            break;
                        }
                    }
                }

                Check(position, promised);
                return page.Build(position);
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw Unreadable(e);
        }
    }
}
