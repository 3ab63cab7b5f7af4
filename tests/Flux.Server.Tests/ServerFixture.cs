using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using Flux.Testing.Processes;

[assembly: AssemblyFixture(typeof(Flux.Server.Tests.ServerFixture))]

namespace Flux.Server.Tests;

/// <summary>A real server in a process of its own, on a real loopback port, with an empty data directory.</summary>
/// <remarks>Stands in for the process fixture of Flux.Testing: nothing but <see cref="StartAsync"/> and the members below is used.</remarks>
public sealed class ServerFixture : IAsyncLifetime
{
    /// <summary>How long a test waits before it calls something hung.</summary>
    internal static readonly TimeSpan Guard = RawHttp.Guard;

    private const int StartAttempts = 3;
    private const string PortIsTaken = "address already in use";

    private readonly ConcurrentQueue<string> _output = new();
    private readonly string _data = Path.Combine(Path.GetTempPath(), $"flux-tests-{Guid.NewGuid():N}");
    private Process? _process;

    internal int Port { get; private set; }

    internal int ProcessId => _process!.Id;

    internal bool HasExited => _process is null || _process.HasExited;

    /// <summary>Gets what the process has written so far, line by line.</summary>
    internal IReadOnlyCollection<string> Output => _output;

    /// <summary>Gets or sets what judges how long its connections and sockets wait; null for nothing but <see cref="Guard"/>.</summary>
    internal Func<Task, Func<long>, Task>? Judge { get; set; }

    /// <summary>Gets what goes into the process's environment on top of its port and directory.</summary>
    internal Dictionary<string, string> Environment { get; } = [];

    public async ValueTask InitializeAsync() => await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        if (Directory.Exists(_data))
        {
            Directory.Delete(_data, recursive: true);
        }
    }

    /// <summary>Ends the process without asking it.</summary>
    internal async Task KillAsync()
    {
        if (_process is { } process)
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }

            await process.WaitForExitAsync();
            process.Dispose();
            _process = null;
        }
    }

    /// <summary>Starts the server and waits until it says that it is ready; once more after it has died.</summary>
    internal async Task StartAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            Launch();
            try
            {
                await WaitUntilReadyAsync();
                return;
            }
            catch (InvalidOperationException e) when (attempt < StartAttempts && e.Message.Contains(PortIsTaken, StringComparison.OrdinalIgnoreCase))
            {
                await KillAsync(); // another process was faster: another port
                _output.Clear();
            }
        }
    }

    internal async Task<RawHttp> ConnectAsync()
    {
        var http = await RawHttp.ConnectAsync(Port);
        http.Judge = Judge;
        return http;
    }

    internal async Task<RawWebSocket> OpenSocketAsync()
    {
        var socket = await RawWebSocket.OpenAsync(Port);
        socket.Judge = Judge;
        return socket;
    }

    /// <summary>Sends one request on a connection of its own and reads one answer.</summary>
    internal async Task<RawAnswer> SendAsync(byte[] request)
    {
        await using var http = await ConnectAsync();
        return await http.ExchangeAsync(request);
    }

    internal Task<RawAnswer> GetAsync(string target, params string[] headers) => SendAsync(RawRequest.Get(target, headers));

    internal Task<RawAnswer> PostAsync(string target, string json, params string[] headers) =>
        SendAsync(RawRequest.Post(target, RawRequest.Bytes(json), headers));

    internal Task<RawAnswer> DeleteAsync(string target, params string[] headers) => SendAsync(RawRequest.Of("DELETE", target, headers));

    /// <summary>Finds the server that was built beside these tests.</summary>
    internal static string ServerAssembly()
    {
        // artifacts/bin/Flux.Server.Tests/<configuration>/ -> artifacts/bin/Flux.Server/<configuration>/
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var path = Path.Combine(own.Parent!.Parent!.FullName, "Flux.Server", own.Name, "Flux.Server.dll");
        return File.Exists(path) ? path : throw new FileNotFoundException($"The server is not built: {path} is missing.", path);
    }

    private void Launch()
    {
        Port = FreePort.Next();
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.ArgumentList.Add(ServerAssembly());
        start.Environment["PORT"] = $"{Port}";
        start.Environment["FLUX_DATA"] = _data;
        start.Environment.Remove("FLUX_POSTGRES");
        start.Environment.Remove("FLUX_AUTH_ENABLED");
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _output.Enqueue(line);
        }
    }

    private async Task WaitUntilReadyAsync()
    {
        // A start compiles for seconds on a busy machine; the server itself should be up in one or two.
        var limit = TimeSpan.FromSeconds(60);
        var begun = TimeProvider.System.GetTimestamp();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await pace.WaitForNextTickAsync())
        {
            if (HasExited)
            {
                await _process!.WaitForExitAsync(); // for the rest of what it wrote
                throw new InvalidOperationException($"The server ended before it was ready:\n{string.Join('\n', _output)}");
            }

            if (await IsReadyAsync())
            {
                return;
            }

            if (TimeProvider.System.GetElapsedTime(begun) > limit)
            {
                throw new TimeoutException($"The server was not ready after {limit}:\n{string.Join('\n', _output)}");
            }
        }
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            return (await GetAsync("/health/ready")).Status == 200;
        }
        catch (IOException)
        {
            return false;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
