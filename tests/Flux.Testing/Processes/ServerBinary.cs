namespace Flux.Testing.Processes;

/// <summary>Finds the server that was built beside the tests.</summary>
public static class ServerBinary
{
    /// <summary>Gets the path of an earlier release's <c>Flux.Server.dll</c>, from <c>FLUX_PREVIOUS_SERVER</c>; null when there is none.</summary>
    public static string? Previous => Environment.GetEnvironmentVariable("FLUX_PREVIOUS_SERVER") is { Length: > 0 } given ? given : null;

    /// <summary>Gets the path of <c>Flux.Server.dll</c>: <c>FLUX_SERVER_DLL</c> if that is set, else the one of the same build configuration.</summary>
    /// <exception cref="FileNotFoundException">It was not built.</exception>
    public static string Path
    {
        get
        {
            if (Environment.GetEnvironmentVariable("FLUX_SERVER_DLL") is { Length: > 0 } given)
            {
                return given;
            }

            // artifacts/bin/<project>/<configuration>/ holds the tests; the server is two folders up and down again.
            var own = new DirectoryInfo(AppContext.BaseDirectory);
            var path = System.IO.Path.Combine(own.Parent!.Parent!.FullName, "Flux.Server", own.Name, "Flux.Server.dll");
            return File.Exists(path) ? path : throw new FileNotFoundException("the server was not built: `dotnet build` it in the same configuration", path);
        }
    }
}
