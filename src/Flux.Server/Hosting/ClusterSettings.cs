using System.Net;

namespace Flux.Server.Hosting;

/// <summary>What makes this process a member of a cluster.</summary>
internal sealed record ClusterSettings
{
    /// <summary>Gets the connection string of the database that all members share.</summary>
    public required string Postgres { get; init; }

    /// <summary>Gets whether to start although the database may lose what was acknowledged.</summary>
    public required bool AllowUnsafeDurability { get; init; }

    /// <summary>Gets the name of the cluster; two in one database do not see each other, but share its log.</summary>
    public required string ClusterId { get; init; }

    /// <summary>Gets the address that the other silos are told.</summary>
    public required IPAddress SiloAddress { get; init; }

    /// <summary>Gets the port that listens to the other silos; 0 takes a free one.</summary>
    public required int SiloPort { get; init; }

    /// <summary>Gets the port that the other silos are told; 0 for the one that listens.</summary>
    public required int AdvertisedPort { get; init; }

    /// <summary>Gets a value indicating whether this is a pod of Kubernetes, so that Orleans follows the pods.</summary>
    public required bool IsPod { get; init; }
}
