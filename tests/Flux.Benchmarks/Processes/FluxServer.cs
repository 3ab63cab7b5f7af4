namespace Flux.Benchmarks.Processes;

/// <summary>The real server in a process and with a data folder of its own.</summary>
internal sealed class FluxServer : IAsyncDisposable
{
    private readonly string _assembly;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly TemporaryDirectory _folder;
    private readonly Action<string> _onLine;
    private ChildProcess _process;

    private FluxServer(string assembly, IReadOnlyDictionary<string, string> environment, TemporaryDirectory folder, int port, Action<string> onLine)
    {
        (_assembly, _environment, _folder, Port, _onLine) = (assembly, environment, folder, port, onLine);
        _process = Start();
    }

    public int Port { get; }

    public int ProcessId => _process.Id;

    public ProcessUsage Usage => _process.HasExited
        ? throw new BenchmarkException($"The server ended. Its last words: {_process.LastOutput}")
        : _process.Usage;

    public static async Task<FluxServer> StartAsync(
        BenchmarkOptions options,
        IReadOnlyDictionary<string, string> environment,
        Action<string> onLine,
        TimeProvider clock,
        CancellationToken cancellationToken)
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

        var server = new FluxServer(options.ServerAssembly, all, folder, port, onLine);
        try
        {
            await server.WaitUntilReadyAsync(clock, cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills it (SIGKILL) and starts it again with the same files, at the same port.</summary>
    /// <returns>How long it took until it wanted traffic again.</returns>
    public async Task<TimeSpan> RestartAsync(TimeProvider clock, CancellationToken cancellationToken)
    {
        var killed = clock.GetTimestamp();
        await _process.DisposeAsync();
        _process = Start();
        await WaitUntilReadyAsync(clock, cancellationToken);
        return clock.GetElapsedTime(killed);
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private ChildProcess Start() => ChildProcess.Start("dotnet", [_assembly], _environment, _onLine);

    private Task WaitUntilReadyAsync(TimeProvider clock, CancellationToken cancellationToken) =>
        HttpReadiness.WaitAsync(_process, Port, "/health/ready", clock, cancellationToken);
}
