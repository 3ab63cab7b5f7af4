namespace Flux.Core.Log;

/// <summary>The events of one commit, as they were committed: their positions follow each other without a gap.</summary>
/// <param name="Events">At least one event, in position order.</param>
[GenerateSerializer, Immutable, Alias("flux.committed-batch")]
public sealed record CommittedBatch([property: Id(0)] RecordedEvent[] Events)
{
    /// <summary>Gets the position of the first event.</summary>
    public Position First => Events[0].Position;

    /// <summary>Gets the position of the last event.</summary>
    public Position Last => Events[^1].Position;
}
