using Flux.Core.Entities;
using Flux.Core.Log;

namespace Flux.EventLog.Projection;

/// <summary>An entity's row as the projection changes it.</summary>
internal sealed class ProjectedEntity(string id, long number, EntityState state, List<long> recent)
{
    public string Id { get; } = id;

    /// <summary>Gets or sets the row's key; 0 while the row is not written.</summary>
    public long Number { get; set; } = number;

    public EntityState State { get; private set; } = state;

    /// <summary>Gets the positions of the last versions: those whose chunk is not whole, and whole chunks that are not written yet.</summary>
    public List<long> Recent { get; } = recent;

    /// <summary>Gets the version of the first position in <see cref="Recent"/>; a chunk begins with it.</summary>
    public long RecentFrom => State.Version - Recent.Count + 1;

    /// <summary>Gets the bytes it holds, roughly.</summary>
    public long Size => 300 + (2 * Id.Length) + (2 * State.Properties.Bytes) + (80 * State.Properties.Count) + (8 * Recent.Count);

    /// <summary>Adds the entity's next event.</summary>
    /// <returns>The change in the number of entities that exist.</returns>
    public int Apply(RecordedEvent row)
    {
        var existed = State.Exists;
        State = State.Apply(row);
        Recent.Add(row.Position.Value);
        return (State.Exists ? 1 : 0) - (existed ? 1 : 0);
    }
}
