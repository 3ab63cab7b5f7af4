using System.Net;
using Flux.Testing.History;
using Flux.Testing.Network;
using Flux.Testing.Processes;

namespace Flux.Testing.Cluster;

/// <summary>One silo of a cluster: a process that is started again when it ends by itself, on the same ports.</summary>
public sealed class ClusterMember : IAsyncDisposable
{
    // What a supervisor waits before it starts a process again that has just ended.
    private static readonly TimeSpan RestartDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(25);

    private FluxProcessOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private readonly Lock _gate = new();
    private readonly List<int> _unexpectedExits = [];
    private readonly List<FluxProcess> _processes = []; // the last one is the current one
    private readonly List<Task> _supervising = [];
    private readonly CancellationTokenSource _ending = new();
    private bool _mayEnd = true; // nobody has started it yet

    internal ClusterMember(string name, FluxProcessOptions options, TcpProxy? siloLink, TcpProxy? postgreSqlLink, TimeProvider time)
    {
        (Name, _options, SiloLink, PostgreSqlLink, _time) = (name, options, siloLink, postgreSqlLink, time);
        Address = new Uri($"http://127.0.0.1:{options.Port}/");
        _http = new HttpClient { BaseAddress = Address, Timeout = ReadyTimeout };
    }

    /// <summary>Gets its name, such as <c>silo-1</c>.</summary>
    public string Name { get; }

    /// <summary>Gets the address of its HTTP interface.</summary>
    public Uri Address { get; }

    /// <summary>Gets the name that histories give it.</summary>
    public string Node => Address.Authority;

    /// <summary>Gets the address that the other silos know it by: its name in the log is this, with a number behind <c>@</c> that is new with every start.</summary>
    public string Silo => $"127.0.0.1:{_options.AdvertisedSiloPort ?? _options.SiloPort}";

    /// <summary>Gets the link over which the other silos reach it; null without one.</summary>
    public TcpProxy? SiloLink { get; }

    /// <summary>Gets the link over which it reaches PostgreSQL; null without one.</summary>
    public TcpProxy? PostgreSqlLink { get; }

    /// <summary>Gets its process.</summary>
    public FluxProcess Process
    {
        get
        {
            lock (_gate)
            {
                return _processes[^1];
            }
        }
    }

    /// <summary>Gets the exit codes of processes that ended by themselves: a silo that was declared dead does that.</summary>
    public IReadOnlyList<int> UnexpectedExits
    {
        get
        {
            lock (_gate)
            {
                return [.. _unexpectedExits];
            }
        }
    }

    /// <summary>Gets what all its processes have written.</summary>
    public string Output
    {
        get
        {
            lock (_gate)
            {
                return string.Join('\n', _processes.Select((p, i) => $"--- {Name} ({Node}), process {i + 1}, pid {p.Id}\n{p.Output}"));
            }
        }
    }

    internal IEnumerable<int> ProcessIds
    {
        get
        {
            lock (_gate)
            {
                return [.. _processes.Where(p => !p.HasExited).Select(p => p.Id)];
            }
        }
    }

    /// <summary>Changes the server that it is from its next start on.</summary>
    /// <param name="serverAssembly">The server's assembly; null for the one that was built beside the tests.</param>
    public void Use(string? serverAssembly) => _options = _options with { ServerAssembly = serverAssembly };

    /// <summary>Sets environment variables from its next start on.</summary>
    /// <param name="variables">The variables, beside those that it has.</param>
    public void Set(IReadOnlyDictionary<string, string> variables) => _options = _options with
    {
        Environment = new Dictionary<string, string>(_options.Environment.Concat(variables), StringComparer.Ordinal),
    };

    /// <summary>Starts the silo and does not wait for it. From now on it is started again when it ends by itself.</summary>
    public void Launch()
    {
        lock (_gate)
        {
            _mayEnd = false;
            var process = FluxProcess.Launch(_options, _options.Port!.Value);
            _processes.Add(process);
            _supervising.Add(Task.Run(() => SuperviseAsync(process)));
        }
    }

    /// <summary>Starts the silo and waits until it is ready.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Launch();
        await WaitUntilReadyAsync(cancellationToken);
    }

    /// <summary>Waits until it is ready, over restarts.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        using var timer = new PeriodicTimer(PollInterval, _time);
        while (await HealthAsync("ready", cancellationToken) != HttpStatusCode.OK)
        {
            if (_time.GetElapsedTime(started) > _options.StartLimit)
            {
                throw new TimeoutException($"{Name} was not ready after {_options.StartLimit}; it ended by itself with [{string.Join(", ", UnexpectedExits)}]\n{Output}");
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }

        return _time.GetElapsedTime(started);
    }

    /// <summary>Waits until it is not ready.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> WaitUntilUnreadyAsync(CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        using var timer = new PeriodicTimer(PollInterval, _time);
        while (await HealthAsync("ready", cancellationToken) == HttpStatusCode.OK)
        {
            if (_time.GetElapsedTime(started) > _options.StartLimit)
            {
                throw new TimeoutException($"{Name} was still ready after {_options.StartLimit}\n{Output}");
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }

        return _time.GetElapsedTime(started);
    }

    /// <summary>Asks one of the health addresses.</summary>
    /// <returns>The answer; null when there is none.</returns>
    public async Task<HttpStatusCode?> HealthAsync(string which, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri($"health/{which}", UriKind.Relative), cancellationToken);
            return answer.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    /// <summary>Kills it. It stays away until it is started.</summary>
    public Task KillAsync(HistoryRecorder recorder, CancellationToken cancellationToken) => LetEnd().KillAsync(recorder, cancellationToken);

    /// <summary>Freezes it; see <see cref="FluxProcess.FreezeAsync"/>.</summary>
    public Task FreezeAsync(HistoryRecorder recorder, CancellationToken cancellationToken) => Process.FreezeAsync(recorder, _time, cancellationToken);

    /// <summary>Lets it go on.</summary>
    public Task ThawAsync(HistoryRecorder recorder, CancellationToken cancellationToken) => Process.ThawAsync(recorder, _time, cancellationToken);

    /// <summary>Asks it to end and waits until it has. It stays away until it is started.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> TerminateAsync(HistoryRecorder recorder, CancellationToken cancellationToken) => LetEnd().TerminateAsync(recorder, cancellationToken);

    /// <summary>Ends it in good order after a run: no fault.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> StopAsync(CancellationToken cancellationToken) => LetEnd().StopAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        FluxProcess[] processes;
        Task[] supervising;
        lock (_gate)
        {
            _mayEnd = true;
            (processes, supervising) = ([.. _processes], [.. _supervising]);
        }

        foreach (var process in processes)
        {
            await process.DisposeAsync();
        }

        await Task.WhenAll(supervising);
        _http.Dispose();
        _ending.Dispose();
    }

    private FluxProcess LetEnd()
    {
        lock (_gate)
        {
            _mayEnd = true;
            return _processes[^1];
        }
    }

    private async Task SuperviseAsync(FluxProcess process)
    {
        try
        {
            var exitCode = await process.WaitForExitAsync(_ending.Token);
            lock (_gate)
            {
                if (_mayEnd || process != _processes[^1])
                {
                    return;
                }

                _unexpectedExits.Add(exitCode);
            }

            await Task.Delay(RestartDelay, _time, _ending.Token);
            Launch();
        }
        catch (OperationCanceledException)
        {
            // The cluster is taken down.
        }
    }
}
