namespace Flux.Benchmarks.Processes;

/// <summary>The real server in a process and with a data folder of its own.</summary>
internal sealed class FluxServer : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly TemporaryDirectory _folder;

    private FluxServer(ChildProcess process, TemporaryDirectory folder, int port)
    {
        _process = process;
        _folder = folder;
        Port = port;
    }

    public int Port { get; }

    public int ProcessId => _process.Id;

    public ProcessUsage Usage => _process.HasExited
        ? throw new BenchmarkException($"The server ended. Its last words: {_process.LastOutput}")
        : _process.Usage;

    public static async Task<FluxServer> StartAsync(
        BenchmarkOptions options, IReadOnlyDictionary<string, string> environment, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!File.Exists(options.ServerAssembly))
        {
            throw new BenchmarkException($"{options.ServerAssembly} does not exist: build it with dotnet build -c Release src/Flux.Server.");
        }

        var folder = new TemporaryDirectory(options.DataFolder);
        var port = FreePort.Next();
        var all = new Dictionary<string, string>(environment)
        {
            ["PORT"] = port.ToString(CultureInfo.InvariantCulture),
            ["FLUX_DATA"] = folder.Path,
        };
        foreach (var (name, value) in options.ServerEnvironment)
        {
            all[name] = value;
        }

        var server = new FluxServer(ChildProcess.Start("dotnet", [options.ServerAssembly], all), folder, port);
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

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }
}
