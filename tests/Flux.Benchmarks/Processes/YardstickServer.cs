namespace Flux.Benchmarks.Processes;

/// <summary>One of the services in this program that Flux is compared with, in a process of its own.</summary>
internal sealed class YardstickServer : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private YardstickServer(ChildProcess process, int port)
    {
        _process = process;
        Port = port;
    }

    public int Port { get; }

    public ProcessUsage Usage => _process.Usage;

    /// <summary>Starts the null endpoint: what HTTP and parsing cost before Flux does anything.</summary>
    public static Task<YardstickServer> StartNullEndpointAsync(BenchmarkOptions options, TimeProvider clock, CancellationToken cancellationToken) =>
        StartAsync(options, port => ["--null-server", port], clock, cancellationToken);

    /// <summary>Starts the hand-made service on a database of its own: what one would write instead of Flux.</summary>
    public static Task<YardstickServer> StartHandMadeAsync(
        BenchmarkOptions options, string database, TimeProvider clock, CancellationToken cancellationToken) =>
        StartAsync(options, port => ["--hand-made-server", port, "--database", database], clock, cancellationToken);

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static async Task<YardstickServer> StartAsync(
        BenchmarkOptions options, Func<string, string[]> command, TimeProvider clock, CancellationToken cancellationToken)
    {
        var port = FreePort.Next();
        string[] arguments = [.. Runtime(options), .. command(port.ToString(CultureInfo.InvariantCulture))];
        var server = new YardstickServer(ChildProcess.Start("dotnet", arguments, new Dictionary<string, string>()), port);
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

    // The server's own runtime settings (collector, tiering), so that the services differ in their code only.
    private static string[] Runtime(BenchmarkOptions options)
    {
        var settings = Path.ChangeExtension(options.ServerAssembly, ".runtimeconfig.json");
        string[] runtime = File.Exists(settings) ? ["exec", "--runtimeconfig", settings] : ["exec"];
        return [.. runtime, Path.Combine(AppContext.BaseDirectory, "Flux.Benchmarks.dll")];
    }
}
