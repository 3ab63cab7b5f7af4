using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Expressions;
using Flux.Core.Log;

namespace Flux.Server.Subscriptions.V2;

/// <summary>The states of entities at one place of the log, moved along with it: what predicates see before and after each change. Not safe for several threads.</summary>
/// <remarks>Bounded: what was not used for long is forgotten, and read again as of the version that is wanted. Two generations make that cheap.</remarks>
internal sealed class EntityStates(IReadModel readModel, long maxBytes)
{
    // So many reads at once, at most: they are short, and share the store with everybody.
    private const int ReadsAtOnce = 16;

    // For the dictionary's entry and the objects of a state; measured roughly.
    private const int Overhead = 400;

    private Dictionary<string, Entry> _young = new(StringComparer.Ordinal);
    private Dictionary<string, Entry> _old = new(StringComparer.Ordinal);
    private long _youngBytes;
    private long _oldBytes;

    /// <summary>Gets about how much memory they hold.</summary>
    public long Bytes => _youngBytes + _oldBytes;

    /// <summary>Completes events with the states around them.</summary>
    /// <param name="events">Events in position order. Those of one entity must have no gap between them from call to call, or its state is read anew.</param>
    /// <param name="isWanted">Says of which entities the states are wanted.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The events, in the same order.</returns>
    /// <exception cref="EventLogUnavailableException">A state cannot be read now.</exception>
    public async ValueTask<JudgedChange[]> CompleteAsync(
        IReadOnlyList<RecordedEvent> events, Func<string, bool> isWanted, CancellationToken cancellationToken)
    {
        // Asked once for each: who wants what may change while states are read.
        var wanted = FindWanted(events, isWanted);
        await ReadMissingAsync(events, wanted, cancellationToken);
        var changes = new JudgedChange[events.Count];
        for (var i = 0; i < changes.Length; i++)
        {
            var recorded = events[i];
            changes[i] = IsAbout(recorded, wanted, out var id) ? Advance(id, recorded) : new JudgedChange(recorded);
        }

        return changes;
    }

    private static HashSet<string> FindWanted(IReadOnlyList<RecordedEvent> events, Func<string, bool> isWanted)
    {
        var asked = new HashSet<string>(StringComparer.Ordinal);
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        foreach (var recorded in events)
        {
            if (recorded.Data.Payload.EntityId is { } id && !SystemEntity.Owns(id) && asked.Add(id) && isWanted(id))
            {
                wanted.Add(id);
            }
        }

        return wanted;
    }

    private static bool IsAbout(RecordedEvent recorded, HashSet<string> wanted, out string id)
    {
        id = recorded.Data.Payload.EntityId!;
        return id is not null && wanted.Contains(id);
    }

    private JudgedChange Advance(string id, RecordedEvent recorded)
    {
        var before = Find(id) ?? throw new InvalidOperationException($"{id}: its state was not read");
        var state = before.State.Apply(recorded);
        if (state.Damage is not null)
        {
            Keep(id, before with { State = state });
            return new JudgedChange(recorded.Damage is not null ? recorded : RecordedEvent.Damaged(
                recorded.Position, recorded.RecordedAt, id, recorded.Version, "follows a damaged event", recorded.Hash, recorded.Data.EventId));
        }

        var after = new Entry(state, recorded.IsApplied ? new EntityView(id, state.Properties) : before.View);
        Keep(id, after);
        return new JudgedChange(recorded, new ChangeView(recorded, before.View, after.View), before.State.Properties, state.Properties);
    }

    private async ValueTask ReadMissingAsync(IReadOnlyList<RecordedEvent> events, HashSet<string> wanted, CancellationToken cancellationToken)
    {
        List<(string Id, long Version)>? missing = null;
        HashSet<string>? seen = null;
        foreach (var recorded in events)
        {
            if (!IsAbout(recorded, wanted, out var id) || !(seen ??= new HashSet<string>(StringComparer.Ordinal)).Add(id))
            {
                continue;
            }

            var before = recorded.Version - 1;
            if (Find(id) is { } known && known.State.Version == before)
            {
                Keep(id, known); // young again, so that it is still here when its turn comes
            }
            else
            {
                (missing ??= []).Add((id, before));
            }
        }

        foreach (var some in (missing ?? []).Chunk(ReadsAtOnce))
        {
            var states = await Task.WhenAll(some.Select(entity => ReadAsync(entity.Id, entity.Version, cancellationToken)));
            for (var i = 0; i < some.Length; i++)
            {
                Keep(some[i].Id, new Entry(states[i], new EntityView(some[i].Id, states[i].Properties)));
            }
        }

        Age();
    }

    private async Task<EntityState> ReadAsync(string id, long version, CancellationToken cancellationToken)
    {
        try
        {
            return version == 0 ? EntityState.Empty : await readModel.LoadAsync(EntityKey.Trusted(id), version, cancellationToken);
        }
        catch (Exception e) when (e is EntityQuarantinedException or InvalidDataException) // its events, or what is kept of them, are damaged
        {
            return EntityState.Empty with { Version = version, Damage = new EntityDamage(Position.Start, version, e.Message) };
        }
    }

    private Entry? Find(string id) => _young.TryGetValue(id, out var entry) || _old.TryGetValue(id, out entry) ? entry : null;

    private void Keep(string id, Entry entry)
    {
        if (_young.TryGetValue(id, out var former))
        {
            _youngBytes -= former.State.Properties.Bytes;
        }
        else
        {
            _youngBytes += Overhead + (2 * id.Length);
        }

        _youngBytes += entry.State.Properties.Bytes;
        _young[id] = entry;
    }

    private void Age()
    {
        if (_youngBytes > maxBytes / 2)
        {
            // The batch at hand has just been made young: it must survive this, so it becomes the old one and is found there.
            (_old, _young) = (_young, new Dictionary<string, Entry>(StringComparer.Ordinal));
            (_oldBytes, _youngBytes) = (_youngBytes, 0);
        }
    }

    private sealed record Entry(EntityState State, EntityView View);
}
