using System.Collections.Concurrent;

namespace Flux.Benchmarks.Processes;

/// <summary>A process that ends with its owner, and with this process at the latest.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int KeptLines = 40;

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lastLines = new();
    private readonly Action<string>? _onLine;

    private ChildProcess(Process process, Action<string>? onLine) => (_process, _onLine) = (process, onLine);

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Gets the last lines of its output and error output, for the message when it fails.</summary>
    public string LastOutput => string.Join(Environment.NewLine, _lastLines);

    public ProcessUsage Usage => ProcessUsage.Of(_process.Id);

    /// <summary>Starts it; <paramref name="onLine"/> hears of each line that it writes.</summary>
    public static ChildProcess Start(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, Action<string>? onLine = null)
    {
        var process = new Process { StartInfo = Describe(program, arguments, environment) };
        var child = new ChildProcess(process, onLine);
        process.OutputDataReceived += child.OnLine;
        process.ErrorDataReceived += child.OnLine;
        process.Start();
        AppDomain.CurrentDomain.ProcessExit += child.OnProcessExit;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Runs a program to its end and returns its output.</summary>
    /// <exception cref="BenchmarkException">It ended with an error.</exception>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(Describe(program, arguments, new Dictionary<string, string>()))!;
        try
        {
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0
                ? output
                : throw new BenchmarkException($"{program} ended with {process.ExitCode}: {await errors}{output}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private static ProcessStartInfo Describe(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };

        // What is set for the load generator or by the caller's shell must not steer what is measured.
        foreach (var name in start.Environment.Keys.Where(SteersServers).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private static bool SteersServers(string name) =>
        name.StartsWith("FLUX_", StringComparison.Ordinal)
        || name.StartsWith("ASPNETCORE_", StringComparison.Ordinal)
        || name.StartsWith("DOTNET_SYSTEM_NET_SOCKETS_", StringComparison.Ordinal)
        || name is "PORT";

    private void OnLine(object sender, DataReceivedEventArgs e)
    {
        if (e.Data is null)
        {
            return;
        }

        _onLine?.Invoke(e.Data);
        _lastLines.Enqueue(e.Data);
        if (_lastLines.Count > KeptLines)
        {
            _lastLines.TryDequeue(out _);
        }
    }

    private void OnProcessExit(object? sender, EventArgs e) => Kill();

    private void Kill()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }
    }
}
