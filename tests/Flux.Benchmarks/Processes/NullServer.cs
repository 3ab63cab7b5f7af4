namespace Flux.Benchmarks.Processes;

/// <summary>The null endpoint in a process of its own: what HTTP and parsing cost before Flux does anything.</summary>
internal sealed class NullServer : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private NullServer(ChildProcess process, int port)
    {
        _process = process;
        Port = port;
    }

    public int Port { get; }

    public ProcessUsage Usage => _process.Usage;

    public static async Task<NullServer> StartAsync(BenchmarkOptions options, TimeProvider clock, CancellationToken cancellationToken)
    {
        var port = FreePort.Find();
        var server = new NullServer(
            ChildProcess.Start("dotnet", Arguments(options, port), new Dictionary<string, string>()), port);
        try
        {
            await HttpReadiness.WaitAsync(server._process, port, "/health/ready", clock, cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static List<string> Arguments(BenchmarkOptions options, int port)
    {
        var arguments = new List<string> { "exec" };

        // The server's own runtime settings (collector, tiering), so that the two differ in their code only.
        var settings = Path.ChangeExtension(options.ServerAssembly, ".runtimeconfig.json");
        if (File.Exists(settings))
        {
            arguments.AddRange(["--runtimeconfig", settings]);
        }

        arguments.AddRange(
        [
            Path.Combine(AppContext.BaseDirectory, "Flux.Benchmarks.dll"),
            "--null-server",
            port.ToString(CultureInfo.InvariantCulture),
        ]);
        return arguments;
    }
}
