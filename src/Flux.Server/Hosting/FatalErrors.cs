namespace Flux.Server.Hosting;

/// <summary>Stops the server when an invariant does not hold, of its data or of its own loops: going on could only make it worse.</summary>
internal sealed partial class FatalErrors(IHostApplicationLifetime lifetime, ILogger<FatalErrors> logger)
{
    private volatile int _exitCode;

    /// <summary>Gets the exit code of the process: 0 unless something fatal was reported.</summary>
    public int ExitCode => _exitCode;

    /// <summary>Stops the server because it cannot write any more while others can; whoever supervises it starts it anew.</summary>
    public void StopToStartAnew()
    {
        _exitCode = 1;
        lifetime.StopApplication();
    }

    private void Report(Exception exception)
    {
        _exitCode = 1;
        LogFatal(exception);
        lifetime.StopApplication();
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
