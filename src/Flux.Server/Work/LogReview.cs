using Flux.EventLog;
using Flux.EventLog.PostgreSql;
using Flux.Server.Hosting;

namespace Flux.Server.Work;

/// <summary>Reads the whole log for who has asked: whichever store it is in.</summary>
internal sealed class LogReview(FluxSettings settings)
{
    /// <summary>Checks every hash and digest, and the read model.</summary>
    /// <exception cref="InvalidDataException">Something is not what was written.</exception>
    public Task<VerifiedLog> VerifyAsync(IProgress<LogProgress> progress, CancellationToken cancellationToken) => settings.Cluster is { } cluster
        ? LogVerification.VerifyPostgreSqlAsync(Options(cluster), expected: null, progress, cancellationToken)
        : LogVerification.VerifyEmbeddedAsync(settings.DataDirectory, expected: null, progress, cancellationToken);

    /// <summary>Writes an export.</summary>
    /// <exception cref="InvalidDataException">The log is damaged.</exception>
    public Task<HeadDigest> ExportAsync(ExportScope scope, Stream output, IProgress<LogProgress> progress, CancellationToken cancellationToken) => settings.Cluster is { } cluster
        ? LogExport.ExportPostgreSqlAsync(Options(cluster), scope, output, progress, cancellationToken)
        : LogExport.ExportEmbeddedAsync(settings.DataDirectory, scope, output, progress, cancellationToken);

    private static PostgreSqlOptions Options(ClusterSettings cluster) =>
        new() { ConnectionString = cluster.Postgres, AllowUnsafeDurability = cluster.AllowUnsafeDurability };
}
