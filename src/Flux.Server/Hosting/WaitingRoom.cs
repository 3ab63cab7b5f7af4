using Flux.Core.Log;
using Flux.EventLog.PostgreSql;

namespace Flux.Server.Hosting;

/// <summary>Waits for the database: meanwhile the process is alive and not ready, and answers everything else with 503.</summary>
internal static class WaitingRoom
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Opens the store as soon as the database answers.</summary>
    /// <returns>The store; null when the process was told to stop meanwhile.</returns>
    public static async Task<PostgreSqlStore?> OpenStoreAsync(FluxSettings settings)
    {
        using var loggers = LoggerFactory.Create(LoggingSetup.Configure);
        var logger = loggers.CreateLogger(typeof(WaitingRoom));
        try
        {
            // The loggers of the store outlive this method.
            return await PostgreSqlSetup.OpenAsync(settings.Cluster!, LoggerFactory.Create(LoggingSetup.Configure), CancellationToken.None);
        }
        catch (EventLogUnavailableException e)
        {
            LogWaiting(logger, e.Message);
        }

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.AddWebServer(settings);
        await using var app = builder.Build();
        app.Run(AnswerAsync);
        await app.StartAsync();
        try
        {
            return await OpenLaterAsync(settings.Cluster!, app.Lifetime.ApplicationStopping);
        }
        catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            await app.StopAsync();
        }
    }

    private static async Task<PostgreSqlStore> OpenLaterAsync(ClusterSettings cluster, CancellationToken stopping)
    {
        while (true)
        {
            await Task.Delay(Pause, TimeProvider.System, stopping);
            try
            {
                return await PostgreSqlSetup.OpenAsync(cluster, LoggerFactory.Create(LoggingSetup.Configure), stopping);
            }
            catch (EventLogUnavailableException)
            {
                // Said once; the next try follows.
            }
        }
    }

    private static Task AnswerAsync(HttpContext context)
    {
        context.Response.Headers.AccessControlAllowOrigin = "*";
        if (context.Request.Path == "/health/live")
        {
            context.Response.StatusCode = StatusCodes.Status200OK;
            return Task.CompletedTask;
        }

        return Errors.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable, "waiting for the database");
    }

#pragma warning disable CA1848 // once in the life of a process
    private static void LogWaiting(ILogger logger, string why) => logger.LogWarning("Waiting for the database: {Why}", why);
#pragma warning restore CA1848
}
