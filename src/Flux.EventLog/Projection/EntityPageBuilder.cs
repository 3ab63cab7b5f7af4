using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;

namespace Flux.EventLog.Projection;

/// <summary>Gathers a page of entities from the rows of a range, up to a bound in rows and one in bytes; the first row always fits.</summary>
/// <param name="range">The range that is read.</param>
/// <param name="maxRows">The most rows, those that are passed over included.</param>
/// <param name="showsSystem">Whether Flux's own records are wanted too.</param>
internal sealed class EntityPageBuilder(EntityRange range, int maxRows, bool showsSystem)
{
    /// <summary>The properties after which a page ends, in bytes.</summary>
    public const int MaxBytes = 1024 * 1024;

    private readonly List<ListedEntity> _entities = new(Math.Min(maxRows, 256));
    private int _rows;
    private long _bytes;
    private string? _lastId;
    private bool _isFull;

    /// <summary>Takes in the next row of the range.</summary>
    /// <remarks>
    /// Quarantined entities are left out. Flux's own records are not: what was private must not become public because the record that says so is damaged.
    /// </remarks>
    /// <returns>False when it does not belong to the page any more.</returns>
    public bool TryAdd(ListedEntity row, bool isDeleted, bool isDamaged)
    {
        if (_isFull || (_rows > 0 && _bytes + row.Properties.Length > MaxBytes))
        {
            _isFull = true;
            return false;
        }

        _rows++;
        _bytes += row.Properties.Length;
        _isFull = _rows == maxRows || _bytes > MaxBytes;
        _lastId = row.Id;
        if (!isDeleted && (SystemEntity.Owns(row.Id) ? showsSystem : !isDamaged))
        {
            _entities.Add(row);
        }

        return true;
    }

    /// <summary>Makes the page.</summary>
    /// <param name="position">The position that the rows show.</param>
    public EntityPage Build(long position)
    {
        var rest = _isFull ? range.After(_lastId!) : EntityRange.Nothing;
        return new EntityPage(_entities, new Position(position), rest.IsEmpty ? null : rest);
    }
}
