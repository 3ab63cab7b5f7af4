namespace Flux.Testing.Processes;

/// <summary>How a server process is started.</summary>
public sealed record FluxProcessOptions
{
    /// <summary>Gets the data directory (<c>FLUX_DATA</c>). It belongs to the caller and outlives the process.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Gets the port; null for a free one.</summary>
    public int? Port { get; init; }

    /// <summary>Gets further environment variables.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Gets how long the process may take to be ready. It guards against hanging and is no target.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromMinutes(2);
}
