using Flux.Testing.History;

namespace Flux.Testing.Subscriptions;

/// <summary>The whole log, folded by the checker: every row with the state before and after it.</summary>
internal sealed class WorldLog
{
    private static readonly IReadOnlyList<EntityStep> NoSteps = [];

    private readonly Dictionary<string, List<EntityStep>> _entities = new(StringComparer.Ordinal);

    private WorldLog(WriteTimes times) => Times = times;

    /// <summary>Gets the position of the last row; 0 for an empty log.</summary>
    public long Head { get; private set; }

    /// <summary>Gets when writes were sent.</summary>
    public WriteTimes Times { get; }

    /// <summary>Gets the rows that have an entity, in order of positions.</summary>
    public List<EntityStep> Steps { get; } = [];

    public IReadOnlyCollection<string> Entities => _entities.Keys;

    /// <summary>Folds the rows of a log.</summary>
    /// <exception cref="InvalidDataException">A position or a version is not the next one.</exception>
    public static WorldLog Of(IEnumerable<RowRecord> rows, WriteTimes times)
    {
        var log = new WorldLog(times);
        foreach (var row in rows)
        {
            log.Add(row);
        }

        return log;
    }

    /// <summary>Reads the log and the requests of a recorded history.</summary>
    public static WorldLog Load(string history) =>
        Of(HistoryReader.Read(history, HistoryFiles.Log, HistoryJson.Default.RowRecord).Select(r => r.Record), WriteTimes.Load(history));

    public IReadOnlyList<EntityStep> StepsOf(string entity) => _entities.TryGetValue(entity, out var steps) ? steps : NoSteps;

    /// <summary>The row that gave an entity this version.</summary>
    public EntityStep? Find(string entity, long version)
    {
        var steps = StepsOf(entity);
        return version >= 1 && version <= steps.Count ? steps[(int)version - 1] : null;
    }

    /// <summary>The last row of an entity up to a position.</summary>
    public EntityStep? LastOf(string entity, long position)
    {
        var steps = StepsOf(entity);
        var (low, high) = (0, steps.Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = steps[middle].Position <= position ? (middle + 1, high) : (low, middle);
        }

        return low == 0 ? null : steps[low - 1];
    }

    private void Add(RowRecord row)
    {
        if (row.Position != Head + 1)
        {
            throw new InvalidDataException($"position {row.Position} follows {Head}: the log has a gap or was read out of order");
        }

        Head = row.Position;
        if (row.Entity is null)
        {
            return;
        }

        if (!_entities.TryGetValue(row.Entity, out var steps))
        {
            _entities.Add(row.Entity, steps = []);
        }

        if (row.Version != steps.Count + 1)
        {
            throw new InvalidDataException($"{row.Entity} jumps from version {steps.Count} to {row.Version} at position {row.Position}");
        }

        var step = EntityStep.Of(row, steps.Count == 0 ? EntityStep.None : steps[^1].After);
        steps.Add(step);
        Steps.Add(step);
    }
}
