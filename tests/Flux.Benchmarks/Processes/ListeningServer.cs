using System.Net.Sockets;

namespace Flux.Benchmarks.Processes;

/// <summary>A private server that others have written: a process with a port and a folder of its own.</summary>
internal sealed class ListeningServer : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly ChildProcess _process;
    private readonly TemporaryDirectory _folder;

    private ListeningServer(ChildProcess process, TemporaryDirectory folder, int port)
    {
        _process = process;
        _folder = folder;
        Port = port;
    }

    public int Port { get; }

    public ProcessUsage Usage => _process.Usage;

    /// <summary>Starts a Redis that flushes every write to disk before it answers.</summary>
    public static Task<ListeningServer> StartRedisAsync(BenchmarkOptions options, TimeProvider clock, CancellationToken cancellationToken) =>
        StartAsync(
            "redis-server",
            (port, folder) =>
            [
                "--bind", "127.0.0.1",
                "--port", port,
                "--dir", folder,
                "--appendonly", "yes",
                "--appendfsync", "always",
                "--save", "",
                // A rewrite in the middle of a round would be measured as Redis.
                "--auto-aof-rewrite-percentage", "0",
            ],
            options,
            clock,
            cancellationToken);

    /// <summary>Starts a NATS with JetStream. It writes to files and, as it comes, flushes them every two minutes: its answers do not wait for the disk.</summary>
    public static Task<ListeningServer> StartNatsAsync(BenchmarkOptions options, TimeProvider clock, CancellationToken cancellationToken) =>
        StartAsync(
            "nats-server", (port, folder) => ["--addr", "127.0.0.1", "--port", port, "--jetstream", "--store_dir", folder], options, clock, cancellationToken);

    /// <summary>Starts a Mosquitto, which keeps nothing.</summary>
    public static Task<ListeningServer> StartMosquittoAsync(BenchmarkOptions options, TimeProvider clock, CancellationToken cancellationToken) =>
        StartAsync(
            "mosquitto",
            (port, folder) =>
            {
                var file = Path.Combine(folder, "mosquitto.conf");
                File.WriteAllText(file, $"listener {port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\nmax_queued_messages 0\n");
                return ["-c", file];
            },
            options,
            clock,
            cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static async Task<ListeningServer> StartAsync(
        string program, Func<string, string, string[]> arguments, BenchmarkOptions options, TimeProvider clock, CancellationToken cancellationToken)
    {
        var folder = new TemporaryDirectory(options.DataFolder);
        var port = FreePort.Next();
        var process = ChildProcess.Start(
            program, arguments(port.ToString(CultureInfo.InvariantCulture), folder.Path), new Dictionary<string, string>());
        var server = new ListeningServer(process, folder, port);
        try
        {
            await server.WaitUntilReadyAsync(program, clock, cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private async Task WaitUntilReadyAsync(string program, TimeProvider clock, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        while (clock.GetElapsedTime(start) < Limit && !_process.HasExited)
        {
            try
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync("127.0.0.1", Port, cancellationToken);
                return;
            }
            catch (SocketException)
            {
                // Not listening yet.
                await Task.Delay(TimeSpan.FromMilliseconds(50), clock, cancellationToken);
            }
        }

        throw new BenchmarkException($"{program} did not start. Its last words: {_process.LastOutput}");
    }
}
