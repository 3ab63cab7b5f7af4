using System.Globalization;

namespace Flux.Testing.Processes;

/// <summary>How a server process is started.</summary>
public sealed record FluxProcessOptions
{
    /// <summary>Gets the path of the server's assembly; null for the one that was built beside the tests.</summary>
    public string? ServerAssembly { get; init; }

    /// <summary>Gets the data directory (<c>FLUX_DATA</c>) of the embedded store. It belongs to the caller and outlives the process.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Gets the connection string (<c>FLUX_POSTGRES</c>) that makes the process a member of a cluster.</summary>
    public string? Postgres { get; init; }

    /// <summary>Gets the port for the other silos of a cluster (<c>FLUX_SILO_PORT</c>); null for a free one.</summary>
    public int? SiloPort { get; init; }

    /// <summary>Gets the port that the other silos are told (<c>FLUX_SILO_ADVERTISED_PORT</c>); null for the silo's own.</summary>
    public int? AdvertisedSiloPort { get; init; }

    /// <summary>Gets the port of metrics and health (<c>FLUX_MANAGEMENT_PORT</c>); null for none.</summary>
    public int? ManagementPort { get; init; }

    /// <summary>Gets the port; null for a free one.</summary>
    public int? Port { get; init; }

    /// <summary>Gets further environment variables.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Gets how long the process may take to be ready. It guards against hanging and is no target.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Gives the environment of a process with these options.</summary>
    /// <param name="port">Its port.</param>
    /// <returns>The variables.</returns>
    public Dictionary<string, string> ToEnvironment(int port)
    {
        var environment = new Dictionary<string, string>(Environment, StringComparer.Ordinal) { ["PORT"] = Text(port) };
        if (DataDirectory is not null)
        {
            environment["FLUX_DATA"] = DataDirectory;
        }

        if (Postgres is not null)
        {
            environment["FLUX_POSTGRES"] = Postgres;
            environment["FLUX_SILO_ADDRESS"] = "127.0.0.1";
            environment["FLUX_SILO_PORT"] = Text(SiloPort ?? 0);
        }

        if (AdvertisedSiloPort is { } advertised)
        {
            environment["FLUX_SILO_ADVERTISED_PORT"] = Text(advertised);
        }

        if (ManagementPort is { } management)
        {
            environment["FLUX_MANAGEMENT_PORT"] = Text(management);
        }

        return environment;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
