namespace Flux.Testing.Processes;

/// <summary>What a run of the server's binary left.</summary>
/// <param name="ExitCode">The exit code; 128 + n after signal n.</param>
/// <param name="Output">All of standard output.</param>
/// <param name="Errors">All of standard error.</param>
public sealed record FluxCommandResult(int ExitCode, string Output, string Errors)
{
    /// <summary>Gets the lines of standard error that say something.</summary>
    public string[] ErrorLines => Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
