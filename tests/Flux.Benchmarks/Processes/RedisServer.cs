using System.Net.Sockets;

namespace Flux.Benchmarks.Processes;

/// <summary>A private Redis that flushes every write to disk before it answers.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly ChildProcess _process;
    private readonly TemporaryDirectory _folder;

    private RedisServer(ChildProcess process, TemporaryDirectory folder, int port)
    {
        _process = process;
        _folder = folder;
        Port = port;
    }

    public int Port { get; }

    public ProcessUsage Usage => _process.Usage;

    public static async Task<RedisServer> StartAsync(BenchmarkOptions options, TimeProvider clock, CancellationToken cancellationToken)
    {
        var folder = new TemporaryDirectory(options.DataFolder);
        var port = FreePort.Next();
        string[] arguments =
        [
            "--bind", "127.0.0.1",
            "--port", port.ToString(CultureInfo.InvariantCulture),
            "--dir", folder.Path,
            "--appendonly", "yes",
            "--appendfsync", "always",
            "--save", "",
            // A rewrite in the middle of a round would be measured as Redis.
            "--auto-aof-rewrite-percentage", "0",
        ];
        var server = new RedisServer(ChildProcess.Start("redis-server", arguments, new Dictionary<string, string>()), folder, port);
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

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private async Task WaitUntilReadyAsync(TimeProvider clock, CancellationToken cancellationToken)
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

        throw new BenchmarkException($"Redis did not start. Its last words: {_process.LastOutput}");
    }
}
