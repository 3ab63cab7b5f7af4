namespace Flux.Server.Hosting;

/// <summary>Stops the server when it finds that an invariant of its data does not hold: going on could only make it worse.</summary>
internal sealed partial class FatalErrors(IHostApplicationLifetime lifetime, ILogger<FatalErrors> logger)
{
    private volatile int _exitCode;

    /// <summary>Gets the exit code of the process: 0 unless something fatal was reported.</summary>
    public int ExitCode => _exitCode;

    /// <summary>Stops the server.</summary>
    public void Report(Exception exception)
    {
        _exitCode = 1;
        LogFatal(exception);
        lifetime.StopApplication();
    }

    [LoggerMessage(LogLevel.Critical, "The server stops: its stored data contradicts itself")]
    private partial void LogFatal(Exception exception);
}
