using System.Text;

namespace Flux.Benchmarks.Suite;

/// <summary>How long lists lag behind what was acknowledged.</summary>
internal static class ProjectionLag
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private static readonly byte[] Listed = Encoding.ASCII.GetBytes($"\"{EventText.Entity(0)}\"");

    /// <summary>Asks for a list until it is answered: it shows every event acknowledged before it was asked for, so its answer is the projection's arrival.</summary>
    /// <exception cref="BenchmarkException">The projection does not get there.</exception>
    public static async Task<TimeSpan> MeasureAsync(int port, long lastAck, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var connection = await HttpConnection.OpenAsync(port, cancellationToken);
        while (true)
        {
            var status = await connection.GetAsync($"/api/state/entities?prefix={EventText.Entity(0)}", cancellationToken);
            var elapsed = Stopwatch.GetElapsedTime(lastAck);
            if (status == 200)
            {
                if (connection.Body.Span.IndexOf(Listed) < 0)
                {
                    throw new BenchmarkException($"The list lacks {EventText.Entity(0)}, which the load has set.");
                }

                await Task.Yield();
                return elapsed;
            }

            // 503: the list waited for as long as it may.
            if (status != 503 || elapsed > Limit)
            {
                throw new BenchmarkException($"The list was answered with {status} for {elapsed.TotalSeconds:0} s after the load.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), clock, cancellationToken);
        }
    }
}
