namespace Flux.Testing.Cluster;

/// <summary>What a cluster is made of.</summary>
public sealed record FluxClusterOptions
{
    /// <summary>Gets the number of silos.</summary>
    public int Silos { get; init; } = 3;

    /// <summary>Gets a value indicating whether each silo reaches PostgreSQL through a link of its own that can be hurt.</summary>
    public bool HasPostgreSqlLinks { get; init; }

    /// <summary>Gets a value indicating whether the silos reach each other through links that can be hurt.</summary>
    public bool HasSiloLinks { get; init; }

    /// <summary>Gets further environment variables of every silo.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
