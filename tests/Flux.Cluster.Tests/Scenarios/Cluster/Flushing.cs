namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>What becomes of flushes before a power cut.</summary>
internal enum Flushing
{
    /// <summary>Each is done before its commit is acknowledged.</summary>
    Works,

    /// <summary>Commits are acknowledged before theirs (control N10).</summary>
    IsLate,

    /// <summary>The disk refuses them, from some time before the cut on (fault model F27).</summary>
    Fails,
}
