namespace Flux.Benchmarks.Suite;

/// <summary>What is under an ingest load: a server, or several on one store.</summary>
/// <param name="Name">What it is called in the table.</param>
/// <param name="Cpu">Reads what its processes have used.</param>
internal sealed record IngestTarget(string Name, Func<TimeSpan> Cpu)
{
    /// <summary>Gets what loads it for a time.</summary>
    public Func<TimeSpan, CancellationToken, Task<LoadResult>> DriveAsync { get; init; } =
        (_, _) => throw new InvalidOperationException("a target without a load");

    /// <summary>Gets the port that lists are asked for at; null when it has no projection to wait for.</summary>
    public int? ListPort { get; init; }

    /// <summary>Gets what its store has used, where that is a server of its own.</summary>
    public Func<TimeSpan>? StoreCpu { get; init; }

    /// <summary>Gets how its group commits are counted; null when it does not tell.</summary>
    public Func<CancellationToken, Task<CommitTotals>>? CountCommitsAsync { get; init; }
}
