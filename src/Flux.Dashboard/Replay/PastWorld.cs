using Flux.Client;
using Flux.Dashboard.Api;
using Flux.Dashboard.World;

namespace Flux.Dashboard.Replay;

/// <summary>The entities of a scope at a moment, and what makes them those of a later one.</summary>
/// <param name="scope">The scope.</param>
internal sealed class PastWorld(ReplayScope scope)
{
    // What an open page may hold of the server's memory.
    private const int MostRows = 1_000;

    private readonly SortedList<string, LiveRow> _rows = new(StringComparer.Ordinal);

    /// <summary>Gets the entities, in the order of their ids.</summary>
    public IList<LiveRow> Rows => _rows.Values;

    /// <summary>Gets a value indicating whether there are more than are shown.</summary>
    public bool IsPart { get; private set; }

    /// <summary>Takes over the entities of a moment.</summary>
    /// <param name="entities">The first of them.</param>
    /// <param name="isPart">Whether there are more.</param>
    public void Show(IEnumerable<EntityView> entities, bool isPart)
    {
        _rows.Clear();
        IsPart = isPart;
        foreach (var entity in entities.Where(entity => scope.Has(entity.Id)))
        {
            Add(entity.Id).Show(entity.Properties, entity.Version, entity.LastUpdated, look: 0);
        }
    }

    /// <summary>Takes over what an event did.</summary>
    /// <param name="item">The event.</param>
    /// <param name="look">The look at which it shows.</param>
    public void Take(SubscriptionItem.Event item, long look)
    {
        switch (item)
        {
            case SubscriptionItem.Change change when FindOrAdd(change.EntityId) is { } row:
                row.Change(change.Properties, change.Version, change.Timestamp, look);
                break;
            case SubscriptionItem.Enter enter when FindOrAdd(enter.EntityId) is { } row:
                row.Show(enter.Properties, enter.Version, enter.Timestamp, look);
                break;
            case SubscriptionItem.EntityDeleted or SubscriptionItem.Leave when _rows.TryGetValue(item.EntityId, out var row) && row.Version < item.Version:
                _rows.Remove(item.EntityId);
                break;
        }
    }

    // An entity that was not there when all were shown has begun with this event. Of a part nobody knows that.
    private LiveRow? FindOrAdd(string id)
    {
        if (_rows.TryGetValue(id, out var row))
        {
            return row;
        }

        IsPart |= _rows.Count >= MostRows;
        return IsPart ? null : Add(id);
    }

    private LiveRow Add(string id)
    {
        var row = new LiveRow(id);
        _rows.Add(id, row);
        return row;
    }
}
