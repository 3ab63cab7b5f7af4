namespace Flux.Server.Hosting;

/// <summary>What is logged: Flux's own lifecycle and warnings, and of its parts only what needs a look.</summary>
internal static class LoggingSetup
{
    public static void AddLogging(this WebApplicationBuilder builder)
    {
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Logging.AddFilter("Flux", LogLevel.Information);

        builder.Logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);

        // Enabled, it makes an activity and a log scope for each request, and has nothing to say that HttpManners does not.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);

        // A failed start is told in one line; see StartupFailure.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Logging.AddFilter("Orleans.Runtime.SiloHostedService", LogLevel.None);
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.UseUtcTimestamp = true;
        });
    }
}
