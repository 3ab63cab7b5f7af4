namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>The tests that start several silos: one at a time, and beside no others, because they measure times and share a database server.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ClusterTestGroup
{
    /// <summary>The group's name.</summary>
    public const string Name = "cluster";
}
