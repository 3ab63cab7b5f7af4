using System.Net.Sockets;

namespace Flux.Benchmarks.Processes;

/// <summary>Waits for a server that was just started.</summary>
internal static class HttpReadiness
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <exception cref="BenchmarkException">It ended, or did not become ready in time; the text has its last output.</exception>
    public static async Task WaitAsync(ChildProcess process, int port, string path, TimeProvider clock, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        var last = "no answer";
        while (clock.GetElapsedTime(start) < Limit)
        {
            if (process.HasExited)
            {
                throw new BenchmarkException($"The server ended before it was ready. Its last words: {process.LastOutput}");
            }

            try
            {
                using var connection = await HttpConnection.OpenAsync(port, cancellationToken);
                var status = await connection.GetAsync(path, cancellationToken);
                if (status == 200)
                {
                    return;
                }

                last = string.Create(CultureInfo.InvariantCulture, $"status {status}");
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                // Not listening yet.
                last = e.Message;
            }

            await Task.Delay(Pause, clock, cancellationToken);
        }

        throw new BenchmarkException($"GET {path} was not 200 within {Limit.TotalSeconds:0} s ({last}). Its last words: {process.LastOutput}");
    }
}
