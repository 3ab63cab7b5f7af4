namespace Flux.EventLog;

/// <summary>What an export holds.</summary>
public abstract record ExportScope
{
    private ExportScope()
    {
    }

    /// <summary>All events and all commits: what the log's own digests cover.</summary>
    public sealed record WholeLog : ExportScope;

    /// <summary>The events of one namespace.</summary>
    /// <param name="Name">The namespace; empty for events without one.</param>
    /// <param name="WithProof">Whether the commits and the hashes of all other events are in it too, so that the log's digests can be computed.</param>
    public sealed record OfNamespace(string Name, bool WithProof) : ExportScope;

    /// <summary>No event: only the head with its digest.</summary>
    public sealed record HeadOnly : ExportScope;
}
