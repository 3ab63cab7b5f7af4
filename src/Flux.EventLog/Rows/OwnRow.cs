using Flux.Core.Log;

namespace Flux.EventLog.Rows;

/// <summary>Holds a row to what the index of an entity's events says of it.</summary>
internal static class OwnRow
{
    /// <summary>Gives the row, or what stands for it when it is not the entity's event of that version.</summary>
    /// <param name="entity">The entity.</param>
    /// <param name="version">The version.</param>
    /// <param name="position">Where the index says that it is.</param>
    /// <param name="row">What is there; null for nothing.</param>
    public static RecordedEvent Of(string entity, long version, long position, RecordedEvent? row)
    {
        if (row is not null && row.Version == version && string.Equals(row.Data.Payload.EntityId, entity, StringComparison.Ordinal))
        {
            return row;
        }

        var damage = row switch
        {
            null => Damage.Missing,
            { Damage: { } known } => known,
            _ => "is another one: it was changed or moved",
        };
        return RecordedEvent.Damaged(
            new Position(position), row?.RecordedAt ?? default, entity, version, damage, row?.Hash ?? EventHash.None, row?.Data.EventId ?? string.Empty);
    }
}
