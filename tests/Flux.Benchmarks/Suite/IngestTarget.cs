namespace Flux.Benchmarks.Suite;

/// <summary>A server under an ingest load.</summary>
/// <param name="Name">What it is called in the table.</param>
/// <param name="DriveAsync">Loads it for a time.</param>
/// <param name="Usage">Reads what its process has used.</param>
internal sealed record IngestTarget(
    string Name, Func<TimeSpan, CancellationToken, Task<LoadResult>> DriveAsync, Func<ProcessUsage> Usage);
