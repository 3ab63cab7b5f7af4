using Flux.Core.Entities;
using Flux.Core.Log;
using Flux.EventLog;
using Flux.EventLog.Projection;
using Flux.EventLog.Sqlite;

namespace Flux.Server.Hosting;

/// <summary>The embedded store: log, read model and projection in one data directory, and the writer in front of the log.</summary>
internal static class EmbeddedStoreSetup
{
    public static void AddEmbeddedStore(this WebApplicationBuilder builder, FluxSettings settings)
    {
        var services = builder.Services;
        services.AddSingleton(provider => EmbeddedStore.Open(
            new EmbeddedStoreOptions { Directory = settings.DataDirectory },
            provider.GetRequiredService<ProjectionInstruments>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping));
        services.AddSingleton<IEventLog>(provider => provider.GetRequiredService<EmbeddedStore>().Checked);
        services.AddSingleton<ILogSize>(provider => provider.GetRequiredService<EmbeddedStore>().Log);
        services.AddSingleton(provider => provider.GetRequiredService<EmbeddedStore>().Damages);
        services.AddSingleton<IReadModel>(provider => provider.GetRequiredService<EmbeddedStore>().ReadModel);
        services.AddSingleton<IPastStates>(provider => provider.GetRequiredService<EmbeddedStore>().Past);
        services.AddSingleton(provider => provider.GetRequiredService<EmbeddedStore>().Series);
        services.AddSingleton<IIngestGate>(provider =>
        {
            var store = provider.GetRequiredService<EmbeddedStore>();
            return new ProjectionGate(() => store.ProjectionLag, store.Projector.WaitForProgressAsync);
        });

        services.AddLogWriter();

        // Registered before the silo, so it starts before it and stops after it.
        services.AddHostedService<LogService>();
    }

    /// <summary>Adds the writer in front of whichever log there is.</summary>
    public static void AddLogWriter(this IServiceCollection services)
    {
        services.AddOptions<LogWriterOptions>().BindConfiguration("Flux:LogWriter").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<LogWriter>();
        services.AddSingleton<ILogWriter>(provider => provider.GetRequiredService<LogWriter>());
        services.AddSingleton<FatalErrors>();
    }
}
