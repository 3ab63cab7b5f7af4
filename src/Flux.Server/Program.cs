using Flux.Core.Log;
using Flux.Server.Admin;
using Flux.Server.Claims;
using Flux.Server.Dashboard;
using Flux.Server.Demo;
using Flux.Server.Entities;
using Flux.Server.Events;
using Flux.Server.Hosting;
using Flux.Server.Limits;
using Flux.Server.Namespaces;
using Flux.Server.Quarantine;
using Flux.Server.Reference;
using Flux.Server.Series;
using Flux.Server.Status;
using Flux.Server.Subscriptions;
using Flux.Server.Work;

return await CommandLine.RunAsync(args, ServeAsync);

static async Task<int> ServeAsync()
{
    FatalErrors.EndWithoutMemory();
    NativeHeap.Share();
    if (Defect.Current is { } defect)
    {
        await Console.Error.WriteLineAsync($"FLUX_DEFECT={defect}: this server is defective, for a test");
    }

    // Nothing is read again while the server runs. Watching for changes would hear of every write to ./flux-data, 4 % of the CPU under load.
    var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
    {
        Args =
        [
            "--hostBuilder:reloadConfigOnChange=false",
            "--ReloadStaticAssetsAtRuntime=false", // else a build that is not published serves whatever lies in the web root, links that lead out of it too
        ],
        WebRootPath = Path.Combine(AppContext.BaseDirectory, "wwwroot"), // beside the program, whatever directory it is started from
    });
    var settings = FluxSettings.Read(builder.Configuration);
    builder.Services.AddSingleton(settings);
    builder.Services.AddSingleton<TimeProvider>(new ForwardClock(TimeProvider.System));
    builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = settings.ShutdownTimeout);
    builder.AddLogging();
    builder.AddTelemetry(settings);
    if (settings.Cluster is null)
    {
        SocketThreads.GoOnInline();
        builder.AddEmbeddedStore(settings); // the log, its writer, the read model and its projector
    }
    else if (await WaitingRoom.OpenStoreAsync(settings) is { } store)
    {
        builder.AddPostgreSqlStore(store);
    }
    else
    {
        return 0; // told to stop before the database answered
    }

    builder.AddSilo(settings); // membership, grains, change streams
    if (settings.Cluster is not null)
    {
        builder.Services.AddClusterServices();
    }

    builder.AddWebServer(settings);
    builder.Services.AddHealth();
    builder.Services.AddHostedService<IdleMemoryTrimmer>();
    builder.Services.AddNamespaces();
    builder.Services.AddLimits();
    builder.Services.AddAdmin();
    builder.Services.AddStatus();
    builder.Services.AddQuarantine();
    builder.Services.AddEvents();
    builder.Services.AddEntities();
    builder.Services.AddClaims();
    builder.Services.AddSeries();
    builder.Services.AddSubscriptions();
    builder.Services.AddDemo();
    builder.Services.AddWork();
    builder.AddConsole(settings);

    await using var app = builder.Build();
    app.UseConsole(settings); // what is the console's goes another way; all else passes it by
    app.UseMiddleware<HttpManners>();
    app.UseManagementPort(settings);
    app.UseSubscriptions();
    app.MapEvents();
    app.MapEntities();
    app.MapSeries();
    app.MapSubscriptions();
    app.MapClaims();
    app.MapNamespaces();
    app.MapAdmin();
    app.MapStatus();
    app.MapQuarantine();
    app.MapWork();
    if (settings.HasDemo)
    {
        app.MapDemo();
    }

    app.MapHealth();
    app.MapReference();

    await app.StartAsync();
    StartupReport.Print(app, settings);
    var errors = app.Services.GetRequiredService<FatalErrors>();
    errors.Watch(app.Services.GetServices<IHostedService>().OfType<BackgroundService>());
    await app.WaitForShutdownAsync();
    return errors.ExitCode;
}
