namespace Flux.Deploy.Tests;

/// <summary>The environment variables that the server reads. docs/operations.md says what they mean.</summary>
internal static class Settings
{
    public static readonly IReadOnlySet<string> OfFlux = new HashSet<string>(StringComparer.Ordinal)
    {
        "PORT",
        "FLUX_DATA",
        "FLUX_BODY_SIZE_LIMIT_SINGLE_BYTES",
        "FLUX_BODY_SIZE_LIMIT_BATCH_BYTES",
        "FLUX_COLLECTION_AGE_SECONDS",
        "FLUX_ACTIVE_ENTITIES",
        "FLUX_AUTH_ENABLED",
        "FLUX_ADMIN_TOKEN",
        "FLUX_RATE_LIMIT_ENABLED",
        "FLUX_RATE_LIMIT_PER_NAMESPACE_PER_MINUTE",
        "FLUX_POSTGRES",
        "FLUX_CLUSTER_ID",
        "FLUX_SILO_ADDRESS",
        "FLUX_SILO_PORT",
        "FLUX_SILO_ADVERTISED_PORT",
        "FLUX_MANAGEMENT_PORT",
        "FLUX_SHUTDOWN_SECONDS",
        "FLUX_CONSOLE",
        "FLUX_DEMO",
        "FLUX_POSTGRES_UNSAFE",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
    };

    /// <summary>What Orleans' Kubernetes hosting reads.</summary>
    public static readonly IReadOnlySet<string> OfKubernetesHosting = new HashSet<string>(StringComparer.Ordinal)
    {
        "POD_NAME",
        "POD_NAMESPACE",
        "POD_IP",
        "ORLEANS_SERVICE_ID",
        "ORLEANS_CLUSTER_ID",
    };
}
