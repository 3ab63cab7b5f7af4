namespace Flux.Server.Hosting;

/// <summary>What is logged: Flux's own lifecycle and warnings, and of its parts only what needs a look.</summary>
internal static class LoggingSetup
{
    public static void AddLogging(this WebApplicationBuilder builder) => Configure(builder.Logging);

    public static void Configure(ILoggingBuilder logging)
    {
        logging.SetMinimumLevel(LogLevel.Warning);
        logging.AddFilter("Flux", LogLevel.Information);

        logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);

        // A silo that looks for another just before that one is active tries again; what it gives up on is an error of its caller.
        logging.AddFilter("Polly", LogLevel.Error);

        // Enabled, it makes an activity and a log scope for each request, and has nothing to say that HttpManners does not.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);

        // A failed start is told in one line; see StartupFailure.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        logging.AddFilter("Orleans.Runtime.SiloHostedService", LogLevel.None);
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.UseUtcTimestamp = true;
        });
    }
}
