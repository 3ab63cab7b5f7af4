using System.Diagnostics;
using System.Text;

namespace Flux.Testing.Processes;

/// <summary>Runs the server's binary to its end: commands such as <c>backup</c>, and starts that must fail.</summary>
public static class FluxCommand
{
    /// <summary>Runs <c>dotnet Flux.Server.dll</c>.</summary>
    /// <param name="arguments">The arguments after the binary.</param>
    /// <param name="environment">Variables on top of a clean environment without any of Flux's.</param>
    /// <param name="cancellationToken">Kills the process.</param>
    /// <param name="serverAssembly">The binary; null for the one that was built beside the tests.</param>
    /// <returns>The exit code and all it wrote.</returns>
    public static async Task<FluxCommandResult> RunAsync(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken, string? serverAssembly = null)
    {
        using var process = new Process { StartInfo = StartInfo(arguments, environment, serverAssembly) };
        var (output, errors) = (new StringBuilder(), new StringBuilder());
        process.OutputDataReceived += (_, e) => output.AppendLine(e.Data);
        process.ErrorDataReceived += (_, e) => errors.AppendLine(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        LiveProcesses.Add(process);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        finally
        {
            LiveProcesses.Kill(process);
        }

        return new FluxCommandResult(process.ExitCode, output.ToString(), errors.ToString());
    }

    /// <summary>Verifies an embedded store.</summary>
    /// <param name="dataDirectory">Its directory.</param>
    /// <param name="cancellationToken">Kills the process.</param>
    /// <param name="serverAssembly">The binary; null for the one that was built beside the tests.</param>
    /// <returns>What <c>flux verify</c> said.</returns>
    public static Task<FluxCommandResult> VerifyDataAsync(string dataDirectory, CancellationToken cancellationToken, string? serverAssembly = null) =>
        RunAsync(["verify", "--data", dataDirectory], new Dictionary<string, string>(StringComparer.Ordinal), cancellationToken, serverAssembly);

    /// <summary>Verifies a store on PostgreSQL.</summary>
    /// <param name="database">The connection string.</param>
    /// <param name="cancellationToken">Kills the process.</param>
    /// <returns>What <c>flux verify</c> said.</returns>
    public static Task<FluxCommandResult> VerifyDatabaseAsync(string database, CancellationToken cancellationToken) =>
        RunAsync(["verify"], new Dictionary<string, string>(StringComparer.Ordinal) { ["FLUX_POSTGRES"] = database }, cancellationToken);

    internal static ProcessStartInfo StartInfo(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string? serverAssembly = null)
    {
        var info = new ProcessStartInfo("dotnet", [serverAssembly ?? ServerBinary.Path, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var name in info.Environment.Keys.Where(IsFluxSetting).ToArray())
        {
            info.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            info.Environment[name] = value;
        }

        return info;
    }

    private static bool IsFluxSetting(string name) =>
        name.StartsWith("FLUX_", StringComparison.OrdinalIgnoreCase) || name.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase)
        || name is "PORT" or "DOTNET_URLS";
}
