using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Flux.Core.Configuration;

namespace Flux.Server.Hosting;

/// <summary>What the environment sets. Source: wire-contract section 16.</summary>
internal sealed class FluxSettings
{
    /// <summary>The longest admin token, in characters.</summary>
    public const int MaxAdminToken = 256;

    /// <summary>The most that a limit on a body can be set to.</summary>
    public const int MostBodyBytes = 256 * 1024 * 1024;

    private const int DefaultEventsPerMinute = 10_000;
    private const int DefaultUnknownTokens = 1_000; // a client that was set up wrongly never sends so many
    private const int DefaultSingleBytes = 1_048_576;
    private const int DefaultBatchBytes = 10_485_760;

    /// <summary>Gets the TCP port of HTTP and WebSocket, on all interfaces; 0 takes a free one.</summary>
    public required int Port { get; init; }

    /// <summary>Gets the directory of the embedded store.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Gets the limits that are in force until the operator changes them.</summary>
    public required RuntimeLimits Limits { get; init; }

    /// <summary>Gets a value indicating whether writing needs a token of the namespace.</summary>
    public required bool IsAuthEnabled { get; init; }

    /// <summary>Gets what the operator shows to manage namespaces and configuration; null when none is set, and empty to let nobody in.</summary>
    public required string? AdminToken { get; init; }

    /// <summary>Gets how many requests a minute with unknown tokens are answered to one address.</summary>
    public required int UnknownTokensPerMinute { get; init; }

    /// <summary>Gets the origins whose pages may write and open sockets, in lower case; empty for all.</summary>
    public required IReadOnlySet<string> AllowedOrigins { get; init; }

    /// <summary>Gets after how long an idle entity leaves memory.</summary>
    public required TimeSpan CollectionAge { get; init; }

    /// <summary>Gets how many entities may be in this process's memory; a soft limit.</summary>
    public required int ActiveEntities { get; init; }

    /// <summary>Gets the port of /metrics and /health for those who run the server; 0 for none.</summary>
    public required int ManagementPort { get; init; }

    /// <summary>Gets a value indicating whether there is a console at /.</summary>
    public required bool HasConsole { get; init; }

    /// <summary>Gets a value indicating whether the demo world can be started.</summary>
    public required bool HasDemo { get; init; }

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
            Limits = new RuntimeLimits(
                Flag("FLUX_RATE_LIMIT_ENABLED", fallback: true),
                Number("FLUX_RATE_LIMIT_PER_NAMESPACE_PER_MINUTE", DefaultEventsPerMinute, least: 0, most: int.MaxValue),
                Number("FLUX_BODY_SIZE_LIMIT_SINGLE_BYTES", DefaultSingleBytes, least: 1, MostBodyBytes),
                Number("FLUX_BODY_SIZE_LIMIT_BATCH_BYTES", DefaultBatchBytes, least: 1, MostBodyBytes)),
            IsAuthEnabled = Flag("FLUX_AUTH_ENABLED"),
            AdminToken = configuration["FLUX_ADMIN_TOKEN"],
            AllowedOrigins = Origins("FLUX_ALLOWED_ORIGINS"),
            UnknownTokensPerMinute = Number("FLUX_UNKNOWN_TOKENS_PER_MINUTE", DefaultUnknownTokens, least: 1, most: int.MaxValue),
            CollectionAge = TimeSpan.FromSeconds(Number("FLUX_COLLECTION_AGE_SECONDS", fallback: 600, least: 2, most: 86_400)),
            ActiveEntities = Number("FLUX_ACTIVE_ENTITIES", fallback: 100_000, least: 100, most: 100_000_000),
            ManagementPort = Number("FLUX_MANAGEMENT_PORT", fallback: 0, least: 0, most: 65535),
            HasConsole = Switch("FLUX_CONSOLE"),
            HasDemo = Switch("FLUX_DEMO"),
            ShutdownTimeout = TimeSpan.FromSeconds(Number("FLUX_SHUTDOWN_SECONDS", fallback: 25, least: 1, most: 600)),
            Cluster = configuration["FLUX_POSTGRES"] is { Length: > 0 } postgres ? ReadCluster(postgres) : null,
        };

        if (settings is { IsAuthEnabled: true, AdminToken: null })
        {
            // Open to all, anybody could register and delete namespaces: what the tokens protect would not be protected.
            wrong.Add("FLUX_AUTH_ENABLED=true needs an admin token; set one with: export FLUX_ADMIN_TOKEN=\"$(openssl rand -hex 32)\"");
        }

        if (settings.AdminToken?.Length > MaxAdminToken)
        {
            wrong.Add($"FLUX_ADMIN_TOKEN: is longer than {MaxAdminToken} characters");
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

        bool Flag(string name, bool fallback = false)
        {
            var text = configuration[name];
            if (text is not (null or "" or "true" or "false"))
            {
                wrong.Add($"{name}: must be true, false or empty");
            }

            return text is { Length: > 0 } ? text is "true" : fallback;
        }

        bool Switch(string name)
        {
            var text = configuration[name];
            if (text is not (null or "" or "on" or "off"))
            {
                wrong.Add($"{name}: must be on, off or empty");
            }

            return text is not "off";
        }

        HashSet<string> Origins(string name)
        {
            var origins = new HashSet<string>(StringComparer.Ordinal);
            foreach (var text in (configuration[name] ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                // As browsers send it: scheme, host, and the port unless it is the scheme's own.
                if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || !string.Equals(uri.GetLeftPart(UriPartial.Authority), text, StringComparison.OrdinalIgnoreCase))
                {
                    wrong.Add($"{name}: must be origins such as https://example.com, with commas between them");
                    break;
                }

                origins.Add(text.ToLowerInvariant());
            }

            return origins;
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
