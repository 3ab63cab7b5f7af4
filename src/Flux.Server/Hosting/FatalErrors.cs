namespace Flux.Server.Hosting;

/// <summary>Stops the server when an invariant does not hold, of its data or of its own loops: going on could only make it worse.</summary>
internal sealed partial class FatalErrors(IHostApplicationLifetime lifetime, TimeProvider time, ILogger<FatalErrors> logger)
{
    // Enough to close the sockets. Nothing is lost: what was acknowledged is in the log.
    private static readonly TimeSpan LongestFarewell = TimeSpan.FromSeconds(2);

    private volatile int _exitCode;

    /// <summary>Gets the exit code of the process: 0 unless something fatal was reported.</summary>
    public int ExitCode => _exitCode;

    /// <summary>
    /// From now on the process ends at the first sign that memory does not suffice, and whoever supervises it starts it anew. What an allocation
    /// left half done, in any part, could not be trusted; what was acknowledged is in the log.
    /// </summary>
    public static void EndWithoutMemory() => AppDomain.CurrentDomain.FirstChanceException += static (_, thrown) =>
    {
        if (thrown.Exception.GetType() == typeof(OutOfMemoryException)) // and none of those that say that a stack, or what was asked for, is too small
        {
            Environment.FailFast("out of memory: the process must start anew", thrown.Exception);
        }
    };

    /// <summary>Stops the server because it cannot write any more while others can; whoever supervises it starts it anew.</summary>
    public void StopToStartAnew()
    {
        _exitCode = 1;
        lifetime.StopApplication();
    }

    /// <summary>The same for a silo without the database: taking leave of the membership table would wait for it until the end of the stop.</summary>
    public void EndWithinSeconds()
    {
        StopToStartAnew();
        _ = EndAsync();

        async Task EndAsync()
        {
            await Task.Delay(LongestFarewell, time);
            Environment.Exit(1);
        }
    }

    private void Report(Exception exception)
    {
        _exitCode = 1;
        LogFatal(exception);
        lifetime.StopApplication();
    }

    /// <summary>Says loudly which service has failed: the host would stop for it in silence, and with the exit code of success.</summary>
    /// <param name="services">The services, started.</param>
    public void Watch(IEnumerable<BackgroundService> services)
    {
        foreach (var service in services)
        {
            _ = WatchAsync(service.ExecuteTask ?? Task.CompletedTask);
        }
    }

    /// <summary>Stops the server when a loop fails that it cannot do without.</summary>
    /// <param name="loop">The loop.</param>
    /// <returns>A task that ends with the loop and never fails.</returns>
    public async Task WatchAsync(Task loop)
    {
        try
        {
            await loop;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Report(e);
        }
    }

    [LoggerMessage(LogLevel.Critical, "The server stops: a part that it cannot do without has failed")]
    private partial void LogFatal(Exception exception);
}
