namespace Flux.Cluster.Tests.Scenarios.Soak;

/// <summary>What was seen of the servers at one moment of a soak.</summary>
/// <param name="Minute">When, in minutes from the beginning of the load.</param>
/// <param name="MemoryMiB">Resident memory of the processes together.</param>
/// <param name="Handles">Open handles of the processes together.</param>
/// <param name="Threads">Their threads.</param>
/// <param name="LogMiB">The log on disk.</param>
/// <param name="BytesPerEvent">The log on disk, divided by the positions that were given.</param>
/// <param name="TypicalMs">The median time of an acknowledgement since the last sample.</param>
/// <param name="SlowMs">The time that one in twenty took longer than.</param>
internal sealed record SoakSample(
    double Minute, double MemoryMiB, double Handles, double Threads, double LogMiB, double BytesPerEvent, double TypicalMs, double SlowMs);
