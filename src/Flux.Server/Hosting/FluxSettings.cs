using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Flux.Server.Hosting;

/// <summary>What the environment sets. Source: wire-contract section 16.</summary>
internal sealed class FluxSettings
{
    private const int DefaultSingleBytes = 1_048_576;
    private const int DefaultBatchBytes = 10_485_760;
    private const int MostBodyBytes = 256 * 1024 * 1024;

    /// <summary>Gets the TCP port of HTTP and WebSocket, on all interfaces; 0 takes a free one.</summary>
    public required int Port { get; init; }

    /// <summary>Gets the directory of the embedded store.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Gets the most bytes in the body of a single publish.</summary>
    public required int SingleBodyBytes { get; init; }

    /// <summary>Gets the most bytes in the body of a batch.</summary>
    public required int BatchBodyBytes { get; init; }

    /// <summary>Gets after how long an idle entity leaves memory.</summary>
    public required TimeSpan CollectionAge { get; init; }

    /// <summary>Gets how many entities may be in this process's memory; a soft limit.</summary>
    public required int ActiveEntities { get; init; }

    /// <summary>Gets the port of /metrics and /health for those who run the server; 0 for none.</summary>
    public required int ManagementPort { get; init; }

    /// <summary>Gets how long a stop may take.</summary>
    public required TimeSpan ShutdownTimeout { get; init; }

    /// <summary>Gets what makes this process a member of a cluster; null for the embedded store and one process.</summary>
    public ClusterSettings? Cluster { get; init; }

    /// <summary>Reads the settings.</summary>
    /// <param name="configuration">Where they are.</param>
    /// <exception cref="SettingsException">Some are wrong; the message names all of them.</exception>
    public static FluxSettings Read(IConfiguration configuration)
    {
        var wrong = new List<string>();
        var settings = new FluxSettings
        {
            Port = Number("PORT", fallback: 3000, least: 0, most: 65535),
            DataDirectory = Path.GetFullPath(configuration["FLUX_DATA"] is { Length: > 0 } data ? data : "./flux-data"),
            SingleBodyBytes = Number("FLUX_BODY_SIZE_LIMIT_SINGLE_BYTES", DefaultSingleBytes, least: 1, MostBodyBytes),
            BatchBodyBytes = Number("FLUX_BODY_SIZE_LIMIT_BATCH_BYTES", DefaultBatchBytes, least: 1, MostBodyBytes),
            CollectionAge = TimeSpan.FromSeconds(Number("FLUX_COLLECTION_AGE_SECONDS", fallback: 600, least: 2, most: 86_400)),
            ActiveEntities = Number("FLUX_ACTIVE_ENTITIES", fallback: 100_000, least: 100, most: 100_000_000),
            ManagementPort = Number("FLUX_MANAGEMENT_PORT", fallback: 0, least: 0, most: 65535),
            ShutdownTimeout = TimeSpan.FromSeconds(Number("FLUX_SHUTDOWN_SECONDS", fallback: 25, least: 1, most: 600)),
            Cluster = configuration["FLUX_POSTGRES"] is { Length: > 0 } postgres ? ReadCluster(postgres) : null,
        };

        switch (configuration["FLUX_AUTH_ENABLED"])
        {
            case null or "" or "false":
                break;
            case "true":
                wrong.Add("FLUX_AUTH_ENABLED=true: authentication does not exist in this version; set it to false, or leave it out");
                break;
            default:
                wrong.Add("FLUX_AUTH_ENABLED: must be true, false or empty");
                break;
        }

        return wrong.Count == 0 ? settings : throw new SettingsException(string.Join("; ", wrong));

        ClusterSettings ReadCluster(string postgres) => new()
        {
            Postgres = postgres,
            AllowUnsafeDurability = Flag("FLUX_POSTGRES_UNSAFE"),
            ClusterId = configuration["FLUX_CLUSTER_ID"] is { Length: > 0 } cluster ? cluster : "flux",
            SiloAddress = Address("FLUX_SILO_ADDRESS"),
            SiloPort = Number("FLUX_SILO_PORT", fallback: 11111, least: 0, most: 65535),
            AdvertisedPort = Number("FLUX_SILO_ADVERTISED_PORT", fallback: 0, least: 0, most: 65535),
            IsPod = configuration["KUBERNETES_SERVICE_HOST"] is { Length: > 0 } && configuration["POD_NAME"] is { Length: > 0 },
        };

        bool Flag(string name)
        {
            var text = configuration[name];
            if (text is not (null or "" or "true" or "false"))
            {
                wrong.Add($"{name}: must be true, false or empty");
            }

            return text is "true";
        }

        IPAddress Address(string name)
        {
            var text = configuration[name] is { Length: > 0 } given ? given : configuration["POD_IP"];
            if (text is not { Length: > 0 })
            {
                return FirstAddress();
            }

            if (!IPAddress.TryParse(text, out var address))
            {
                wrong.Add($"{name}: must be an IP address");
            }

            return address ?? IPAddress.Loopback;
        }

        int Number(string name, int fallback, int least, int most)
        {
            if (configuration[name] is not { Length: > 0 } text)
            {
                return fallback;
            }

            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            {
                return number;
            }

            wrong.Add(string.Create(CultureInfo.InvariantCulture, $"{name}: must be a whole number from {least} to {most}"));
            return fallback;
        }
    }

    // What the other machines can reach, as far as one machine can tell; the setting overrules it.
    private static IPAddress FirstAddress() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(network => network.OperationalStatus == OperationalStatus.Up && network.NetworkInterfaceType != NetworkInterfaceType.Loopback)
        .SelectMany(network => network.GetIPProperties().UnicastAddresses)
        .Select(unicast => unicast.Address)
        .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork) ?? IPAddress.Loopback;
}
