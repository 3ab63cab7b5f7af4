using Flux.Core.Entities;
using Flux.Core.Log;
using Flux.EventLog;
using Flux.EventLog.PostgreSql;
using Flux.EventLog.Projection;
using Flux.Grains.Cluster;
using Flux.Grains.Entities;
using Flux.Grains.Projection;
using Flux.Providers.Membership;
using Npgsql;

namespace Flux.Server.Hosting;

/// <summary>The store of a cluster: log and read model on PostgreSQL, and what watches over them on each silo.</summary>
internal static class PostgreSqlSetup
{
    /// <summary>Opens the store and brings the database to the schema of this version.</summary>
    /// <exception cref="EventLogUnavailableException">The server does not answer, or not yet.</exception>
    public static async Task<PostgreSqlStore> OpenAsync(ClusterSettings cluster, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var options = new PostgreSqlOptions { ConnectionString = cluster.Postgres, AllowUnsafeDurability = cluster.AllowUnsafeDurability };
        var store = await PostgreSqlStore.OpenAsync(options, TimeProvider.System, loggers, cancellationToken);
        try
        {
            await PostgreSqlSchema.ApplyAsync(cluster.Postgres, MembershipSchema.Feature, MembershipSchema.ReadScripts(), cancellationToken);
            return store;
        }
        catch (Exception e)
        {
            await store.DisposeAsync();
            throw e is NpgsqlException ? new EventLogUnavailableException($"PostgreSQL cannot be reached: {e.Message}", e) : e;
        }
    }

    public static void AddPostgreSqlStore(this WebApplicationBuilder builder, PostgreSqlStore store)
    {
        LetMembershipBlock();
        var services = builder.Services;
        services.AddSingleton(store);
        services.AddSingleton(provider =>
        {
            store.Log.StartAs(provider.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToParsableString());
            store.Log.OnFenced = provider.GetRequiredService<FatalErrors>().StopToStartAnew;
            return store.Log;
        });
        services.AddSingleton<IEventLog>(provider =>
        {
            provider.GetRequiredService<PostgreSqlEventLog>(); // it must have its name before anybody appends
            return store.Checked;
        });
        services.AddSingleton<ILogSize>(store.Log);
        services.AddSingleton(store.Damages);
        services.AddSingleton<IWriterFence>(provider => provider.GetRequiredService<PostgreSqlEventLog>());
        services.AddSingleton<IFeedListener>(provider => provider.GetRequiredService<PostgreSqlEventLog>());
        services.AddSingleton<IFeedListener>(provider => provider.GetRequiredService<EntityActivations>());
        services.AddSingleton<IProjection, ClusterProjection>();
        services.AddSingleton<IProjectionSource, ProjectionSource>();
        services.AddSingleton(provider => store.CreateReadModel(provider.GetRequiredService<IProjection>()));
        services.AddSingleton<IReadModel>(provider => provider.GetRequiredService<PostgreSqlReadModel>());
        services.AddSingleton(store.Past);
        services.AddSingleton(store.CreateSeriesReader());
        services.AddSingleton<ProjectionMonitor>();
        services.AddSingleton<IIngestGate>(provider =>
        {
            var monitor = provider.GetRequiredService<ProjectionMonitor>();
            return new ProjectionGate(() => monitor.Lag, monitor.WaitForProgressAsync);
        });
        services.AddLogWriter();
        services.AddHostedService<WriterService>();
    }

    // Orleans talks to the membership tables synchronously. On a database that hangs these calls would hold all threads of a small machine for
    // seconds, and the other silos would take this one for dead.
    private static void LetMembershipBlock()
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(workers + (2 * OrleansSetup.MembershipConnections), completions);
    }

    /// <summary>Adds what needs the silo, and so starts after it and stops before it.</summary>
    public static void AddClusterServices(this IServiceCollection services)
    {
        services.AddHostedService(provider => provider.GetRequiredService<ProjectionMonitor>());
        services.AddHostedService<DeadWriters>();
        services.AddHostedService(provider =>
        {
            var watch = ActivatorUtilities.CreateInstance<LogLossWatch>(provider);
            watch.OnAlone = provider.GetRequiredService<FatalErrors>().EndWithinSeconds;
            return watch;
        });
    }
}
