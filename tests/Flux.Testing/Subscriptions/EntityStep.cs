using Flux.Testing.History;

namespace Flux.Testing.Subscriptions;

/// <summary>A row of an entity with the state around it, by the checker's own fold.</summary>
internal sealed class EntityStep
{
    public static readonly IReadOnlyDictionary<string, ReadOnlyMemory<byte>> None = new Dictionary<string, ReadOnlyMemory<byte>>();

    private EntityStep(RowRecord row, StepKind kind, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> before) => (Row, Kind, Before, Set, After) = (row, kind, before, None, before);

    public RowRecord Row { get; }

    public StepKind Kind { get; }

    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Before { get; }

    /// <summary>Gets what the event set.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Set { get; private init; }

    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> After { get; private init; }

    public string Entity => Row.Entity!;

    public long Position => Row.Position;

    public bool Existed => Before.Count > 0;

    public bool Exists => After.Count > 0;

    public static EntityStep Of(RowRecord row, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> before)
    {
        var meaning = PayloadMeaning.Read(row.Payload);
        if (meaning.IsDeletion)
        {
            return before.Count > 0 ? new EntityStep(row, StepKind.Deletes, before) { After = None } : new EntityStep(row, StepKind.Nothing, before);
        }

        if (meaning.Properties.Length == 0)
        {
            return new EntityStep(row, StepKind.Nothing, before);
        }

        var set = meaning.Properties.ToDictionary(p => p.Name, p => (ReadOnlyMemory<byte>)row.Payload.AsMemory(p.Start, p.Length), StringComparer.Ordinal);
        var after = new Dictionary<string, ReadOnlyMemory<byte>>(before, StringComparer.Ordinal);
        foreach (var (name, value) in set)
        {
            after[name] = value;
        }

        return new EntityStep(row, StepKind.Sets, before) { Set = set, After = after };
    }

    public ChangeView ToView() => new(Entity, new PropertyView(Before), new PropertyView(After), new PropertyView(Set), Kind == StepKind.Deletes);

    public override string ToString() => $"row {Position} ({Entity} v{Row.Version}, event {Row.EventId})";
}
