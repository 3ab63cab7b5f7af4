using System.Buffers;
using System.Runtime.CompilerServices;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.EventLog.Projection;

namespace Flux.EventLog.Past;

/// <summary>The states of entities as they were at an earlier position, in either store.</summary>
/// <remarks>
/// There are two ways to many entities, and the cheaper one is taken. With few entities, or few events since then, those that changed since are read
/// one by one, each from its nearest snapshot. Else all are read from the nearest checkpoint before, and the events after it are folded onto them:
/// checkpoints are so dense that these are not many more than the entities.
/// </remarks>
internal sealed class PastStates(IPastSource source, EntityLoader loader, IEventLog log, PastLimits limits) : IPastStates
{
    // Reads under way at once on PostgreSQL, where each waits for the network: less than half of the connections for reading.
    private const int ReadsAtOnce = 8;

    // Ids of at most so many entities are kept to know which have changed since: 100 MB. Beyond, each is read by itself.
    private const int MaxChangedIds = 1_000_000;

    /// <inheritdoc/>
    public async ValueTask<EntityState> LoadAsync(EntityKey key, Position position, CancellationToken cancellationToken)
    {
        var last = await log.ReadAsync(new LogScope.OfEntity(key), position, ReadDirection.Backward, maxCount: 1, cancellationToken).ConfigureAwait(false);
        return last.Events.Count == 0
            ? EntityState.Empty
            : await loader.LoadAsync(key, last.Events[0].Version, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ListedEntity> ListAsync(
        EntityRange range, Position position, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (range.IsEmpty || position == Position.Start)
        {
            yield break;
        }

        var damaged = await source.ReadDamagedAsync(range, cancellationToken).ConfigureAwait(false);
        var entities = await ChooseAsync(range, position, damaged, cancellationToken).ConfigureAwait(false);
        await foreach (var entity in entities.ConfigureAwait(false))
        {
            yield return entity;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<EntityPage> ReadPageAsync(EntityRange range, Position position, int maxRows, CancellationToken cancellationToken)
    {
        if (range.IsEmpty || position == Position.Start)
        {
            return new EntityPage([], position, Rest: null);
        }

        var damaged = await source.ReadDamagedAsync(range, cancellationToken).ConfigureAwait(false);
        var present = await ReadPresentAsync(range, position, maxRows, cancellationToken).ConfigureAwait(false);
        var (entities, bytes, next) = (new List<ListedEntity>(), 0L, 0);

        // What is large in the past may be small now.
        while (next < present.Rows.Count && bytes <= EntityPageBuilder.MaxBytes)
        {
            (var some, next) = await ReadSomeAsync(present.Rows, next, position, changed: null, damaged, cancellationToken).ConfigureAwait(false);
            entities.AddRange(some);
            bytes += some.Sum(entity => (long)entity.Properties.Length);
        }

        return new EntityPage(entities, position, next < present.Rows.Count ? range.After(present.Rows[next - 1].Id) : present.Rest);
    }

    // The database can lose its end, and with it what was projected last: entities would be missing.
    private async ValueTask<PresentRows> ReadPresentAsync(EntityRange range, Position position, int maxRows, CancellationToken cancellationToken)
    {
        var present = await source.ReadPresentAsync(range, maxRows, cancellationToken).ConfigureAwait(false);
        return present.Position >= position
            ? present
            : throw new EventLogUnavailableException($"the read model is at position {present.Position}, and was at {position} already");
    }

    private async ValueTask<IAsyncEnumerable<ListedEntity>> ChooseAsync(
        EntityRange range, Position position, HashSet<string> damaged, CancellationToken cancellationToken)
    {
        if (await source.CountAsync(range, limits.FewEntities + 1, cancellationToken).ConfigureAwait(false) <= limits.FewEntities)
        {
            return ReadOneByOneAsync(range, position, changed: null, damaged, cancellationToken);
        }

        var checkpoint = await source.FindCheckpointAsync(position, cancellationToken).ConfigureAwait(false);
        var head = (await log.ReadHeadAsync(cancellationToken).ConfigureAwait(false)).Position;
        if (head.Value - position.Value <= Math.Min(limits.FewEntities, position.Value - checkpoint.Value))
        {
            return ReadOneByOneAsync(range, position, new ChangedIds(range, position), damaged, cancellationToken);
        }

        if (position.Value - checkpoint.Value <= limits.MaxEvents)
        {
            var changes = new PastChanges(range, limits.MaxBytes);
            await source.ScanAsync(checkpoint.Next, position, changes, cancellationToken).ConfigureAwait(false);
            if (!changes.IsFull)
            {
                return ReadCheckpointAsync(checkpoint, range, position, changes.Sort(), damaged, cancellationToken);
            }
        }

        return ReadOneByOneAsync(range, position, changed: null, damaged, cancellationToken);
    }

    /// <summary>Reads the entities of a checkpoint, as later events have left them.</summary>
    private async IAsyncEnumerable<ListedEntity> ReadCheckpointAsync(
        Position checkpoint, EntityRange range, Position position, List<PastChange> changes, HashSet<string> damaged,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var json = new ArrayBufferWriter<byte>(1024);
        var next = 0;

        // A page is read while the one before it is given out: the server's work and this one's go on at the same time.
        var reading = checkpoint == Position.Start ? null : ReadPageAsync(range);
        try
        {
            while (reading is not null)
            {
                var rows = await reading.ConfigureAwait(false);
                reading = rows.Count < limits.PageRows || range.After(rows[^1].Id) is not { IsEmpty: false } rest ? null : ReadPageAsync(rest);
                foreach (var row in rows)
                {
                    var order = -1;
                    while (next < changes.Count && (order = EntityIdOrder.Instance.Compare(changes[next].Id, row.Id)) < 0)
                    {
                        if (await MakeAsync(changes[next++]).ConfigureAwait(false) is { } made)
                        {
                            yield return made;
                        }
                    }

                    var change = order == 0 && next < changes.Count ? changes[next++] : null;
                    var entity = row.Properties is null || change?.Follows(row) == false || damaged.Contains(row.Id)
                        ? await LoadAsync(row.Id, position, cancellationToken).ConfigureAwait(false)
                        : change is not null ? change.After(row, json) : new ListedEntity(row.Id, row.Properties!, row.LastUpdated, row.Version);
                    if (entity is not null)
                    {
                        yield return entity;
                    }
                }
            }
        }
        finally
        {
            if (reading is not null)
            {
                await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // nobody wants that page any more
            }
        }

        for (; next < changes.Count; next++)
        {
            if (await MakeAsync(changes[next]).ConfigureAwait(false) is { } made)
            {
                yield return made;
            }
        }

        async ValueTask<ListedEntity?> MakeAsync(PastChange change) => change.IsDamaged || damaged.Contains(change.Id)
            ? await LoadAsync(change.Id, position, cancellationToken).ConfigureAwait(false)
            : change.After(before: null, json);

        Task<List<CheckpointRow>> ReadPageAsync(EntityRange rest) =>
            source.ReadCheckpointAsync(checkpoint, rest, limits.PageRows, cancellationToken).AsTask();
    }

    /// <summary>Reads each entity from its own history, but for those that are known not to have changed since.</summary>
    private async IAsyncEnumerable<ListedEntity> ReadOneByOneAsync(
        EntityRange range, Position position, ChangedIds? changed, HashSet<string> damaged,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (EntityRange? rest = range; rest is not null;)
        {
            var page = await ReadPresentAsync(rest, position, limits.PageRows, cancellationToken).ConfigureAwait(false);
            if (changed is not null)
            {
                await changed.ReadThroughAsync(source, page.Position, cancellationToken).ConfigureAwait(false);
            }

            for (var next = 0; next < page.Rows.Count;)
            {
                (var some, next) = await ReadSomeAsync(page.Rows, next, position, changed, damaged, cancellationToken).ConfigureAwait(false);
                foreach (var entity in some)
                {
                    yield return entity;
                }
            }

            rest = page.Rest;
            changed = changed?.Count > MaxChangedIds ? null : changed;
        }
    }

    /// <summary>Reads entities, as far as few enough of them have to be read from their histories: each may be large.</summary>
    /// <returns>Those that exist, and the index of the row behind the last one looked at.</returns>
    private async Task<(IReadOnlyList<ListedEntity> Entities, int Next)> ReadSomeAsync(
        IReadOnlyList<ListedEntity> rows, int next, Position position, ChangedIds? changed, HashSet<string> damaged, CancellationToken cancellationToken)
    {
        var entities = new List<Task<ListedEntity?>>();
        for (var reads = 0; next < rows.Count && reads < ReadsAtOnce; next++)
        {
            var row = rows[next];
            if ((changed?.Contains(row.Id) ?? true) || damaged.Contains(row.Id))
            {
                reads++;
                entities.Add(LoadAsync(row.Id, position, cancellationToken).AsTask());
            }
            else if (!row.Properties.AsSpan().SequenceEqual("{}"u8))
            {
                entities.Add(Task.FromResult<ListedEntity?>(row));
            }
        }

        return ([.. (await Task.WhenAll(entities).ConfigureAwait(false)).OfType<ListedEntity>()], next);
    }

    private async ValueTask<ListedEntity?> LoadAsync(string id, Position position, CancellationToken cancellationToken)
    {
        EntityState state;
        try
        {
            state = await LoadAsync(EntityKey.Trusted(id), position, cancellationToken).ConfigureAwait(false);
        }
        catch (EntityQuarantinedException)
        {
            return null; // lists leave it out; who reads it by itself is told why
        }

        if (!state.Exists)
        {
            return null;
        }

        var properties = new ArrayBufferWriter<byte>(256);
        state.WriteProperties(properties);
        return new ListedEntity(id, properties.WrittenSpan.ToArray(), state.LastUpdated, state.Version);
    }
}
