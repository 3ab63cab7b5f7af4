using System.Text;
using Flux.Core.Entities;
using Flux.Core.Log;
using Flux.Core.Series;

namespace Flux.EventLog.Series;

/// <summary>Gathers the points of an entity's properties, event by event, through one stretch of versions after the other.</summary>
/// <param name="entity">The entity's id.</param>
/// <param name="stretch">The first stretch.</param>
internal sealed class StretchBuilder(string entity, long stretch)
{
    // Of 20 properties in each of the 256 events, and a few texts among them.
    private const int MaxBytes = 256 * 1024;

    private const int ColumnBytes = 200;

    private readonly Dictionary<string, SeriesColumn> _columns = new(StringComparer.Ordinal);

    /// <summary>Gets the version that it takes next.</summary>
    public long Next { get; private set; } = (stretch * SeriesChunk.Versions) + 1;

    /// <summary>Gets the bytes that it holds, roughly.</summary>
    public int Bytes { get; private set; }

    /// <summary>Gets a value indicating whether there are too many points to keep: they are dropped, and no more are taken.</summary>
    public bool IsTooLarge { get; private set; }

    /// <summary>Gets or sets when the last event came, as its owner counts.</summary>
    public long LastEvent { get; set; }

    /// <summary>Takes the entity's next event.</summary>
    /// <param name="row">The event.</param>
    /// <param name="before">The properties before it.</param>
    public void Add(RecordedEvent row, PropertyMap before)
    {
        Next++;
        var change = row.Data.Payload.Change;
        if (change.IsDeletion)
        {
            foreach (var (name, value) in before)
            {
                if (!SeriesPoint.IsGap(value))
                {
                    Add(name, new SeriesPoint(row.Version, row.RecordedAt, SeriesPointKind.Gap, 0, default));
                }
            }

            return;
        }

        foreach (var property in change.Properties)
        {
            Add(property.Name, SeriesPoint.Of(row.Version, row.RecordedAt, property.Value));
        }
    }

    /// <summary>Writes the stretch that is gathered, to its end.</summary>
    public KeptStretch Build()
    {
        var number = (Next - 2) / SeriesChunk.Versions;
        return new KeptStretch(
            entity,
            number,
            [
                .. _columns.Where(column => column.Value.Count > 0).OrderBy(column => column.Key, StringComparer.Ordinal).Select(column =>
                {
                    var property = Encoding.UTF8.GetBytes(column.Key);
                    return (property, column.Value.Write(SeriesChunk.SeedOf(entity, property, number)));
                }),
            ]);
    }

    /// <summary>Begins the next stretch, with the columns of this one: an entity mostly sets the same properties.</summary>
    public void GoOn()
    {
        foreach (var (name, column) in _columns)
        {
            if (column.Count == 0)
            {
                _columns.Remove(name);
            }

            column.Clear();
        }

        Bytes = _columns.Count * ColumnBytes;
    }

    private void Add(string name, SeriesPoint point)
    {
        if (IsTooLarge)
        {
            return;
        }

        if (!_columns.TryGetValue(name, out var column))
        {
            _columns.Add(name, column = new SeriesColumn());
            Bytes += ColumnBytes + (2 * name.Length);
        }

        Bytes += column.Add(point);
        if (Bytes > MaxBytes)
        {
            IsTooLarge = true;
            _columns.Clear();
            Bytes = 0;
        }
    }
}
