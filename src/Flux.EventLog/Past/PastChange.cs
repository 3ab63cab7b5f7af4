using System.Buffers;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.EventLog.Rows;

namespace Flux.EventLog.Past;

/// <summary>What a stretch of the log did to one entity.</summary>
internal sealed class PastChange(string id)
{
    private long _firstVersion;
    private PropertyMap _set = PropertyMap.Empty;
    private bool _isChanged;
    private bool _isDeleted;
    private Timestamp _lastUpdated;

    // Most entities have one event in a stretch, and its map would be made to be read once.
    private EventPayload? _only;

    public string Id { get; } = id;

    /// <summary>Gets the version after the stretch.</summary>
    public long Version { get; private set; }

    /// <summary>Gets a value indicating whether the entity was deleted in the stretch, so that nothing of what was before is left.</summary>
    public bool IsDeleted
    {
        get
        {
            if (_only is { Change.IsDeletion: true })
            {
                Fold();
            }

            return _isDeleted;
        }
    }

    /// <summary>Gets a value indicating whether an event is missing or cannot be read: the entity has to be read by itself.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>Gets the bytes that it holds, roughly.</summary>
    public long Size => 200 + (2 * Id.Length) + (_only?.Json.Length ?? 0) + (2 * _set.Bytes) + (80 * _set.Count);

    /// <summary>Adds the entity's next event.</summary>
    public void Apply(long version, byte[]? payload, Timestamp recordedAt)
    {
        if (_firstVersion == 0)
        {
            _firstVersion = version;
        }
        else if (version != Version + 1)
        {
            IsDamaged = true;
        }

        Version = version;
        if (payload is null || IsDamaged)
        {
            return;
        }

        (_isChanged, _lastUpdated) = (true, recordedAt);
        var change = new EventPayload(payload);
        IsDamaged = !IsReadable(change);
        if (IsDamaged)
        {
            return;
        }

        if (_only is null && _set.Count == 0)
        {
            _only = change;
            return;
        }

        Fold();
        Apply(change.Change);
    }

    /// <summary>Says whether the stretch goes on where a checkpoint ends. Else the entity has to be read by itself.</summary>
    /// <param name="before">What the entity was before; null when it did not exist.</param>
    public bool Follows(CheckpointRow? before) => !IsDamaged && (before is not { } row || row.Version == _firstVersion - 1);

    /// <summary>Gives the entity after the stretch, which <see cref="Follows"/> what was before.</summary>
    /// <param name="before">What it was before; null when it did not exist, or when that does not matter because it was deleted in between.</param>
    /// <param name="json">Room to write in.</param>
    /// <returns>The entity; null when it does not exist.</returns>
    public ListedEntity? After(CheckpointRow? before, ArrayBufferWriter<byte> json)
    {
        if (before is not { Properties: { } properties } || IsDeleted)
        {
            Fold();
            return _set.Count == 0 ? null : ToListed(_set, json);
        }

        if (!_isChanged)
        {
            return new ListedEntity(Id, properties, before.Value.LastUpdated, Version);
        }

        var changes = SortChanges();
        json.ResetWrittenCount();
        return PropertyMerge.TryWrite(json, properties, changes)
            ? new ListedEntity(Id, json.WrittenSpan.ToArray(), _lastUpdated, Version)
            : ToListed(EntityState.ReadProperties(properties).Set(changes), json);
    }

    private ListedEntity ToListed(PropertyMap properties, ArrayBufferWriter<byte> json)
    {
        json.ResetWrittenCount();
        properties.WriteTo(json);
        return new ListedEntity(Id, json.WrittenSpan.ToArray(), _lastUpdated, Version);
    }

    /// <summary>Gives what is set after the stretch, in the order of the names.</summary>
    private PropertyChange[] SortChanges()
    {
        if (_only is not { } only)
        {
            return [.. _set.Select(property => new PropertyChange(property.Key, property.Value))];
        }

        var changes = only.Change.Properties.ToArray();
        changes.AsSpan().Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        return changes;
    }

    private static bool IsReadable(EventPayload payload)
    {
        try
        {
            return payload.EntityId is not null;
        }
        catch (Exception e) when (StoredRowDecoder.IsUnreadable(e))
        {
            return false;
        }
    }

    private void Fold()
    {
        if (_only is { } only)
        {
            _only = null;
            Apply(only.Change);
        }
    }

    private void Apply(EntityChange change)
    {
        if (change.IsDeletion)
        {
            (_isDeleted, _set) = (true, PropertyMap.Empty);
        }
        else
        {
            _set = _set.Set(change.Properties);
        }
    }
}
