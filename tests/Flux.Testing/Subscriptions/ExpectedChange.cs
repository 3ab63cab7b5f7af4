namespace Flux.Testing.Subscriptions;

/// <summary>A change that a subscription should get.</summary>
/// <param name="Kind">As what.</param>
/// <param name="Step">The row.</param>
internal readonly record struct ExpectedChange(ChangeKind Kind, EntityStep Step)
{
    public long Position => Step.Position;

    /// <summary>Gets the properties that its frame has; null for a frame without.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? Properties => Kind switch
    {
        ChangeKind.Change => Step.Set,
        ChangeKind.Enter => Step.After,
        _ => null,
    };

    public override string ToString() => $"{Kind} of {Step}";
}
