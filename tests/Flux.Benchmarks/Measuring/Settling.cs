namespace Flux.Benchmarks.Measuring;

/// <summary>Waits until a process has finished what it does in the background.</summary>
internal static class Settling
{
    private static readonly TimeSpan SampleInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Waits until the resident memory has moved by less than a percent for 20 s, at most <paramref name="limit"/>, and returns it.</summary>
    public static async Task<long> WaitForStableMemoryAsync(
        int processId, TimeSpan limit, TimeProvider clock, CancellationToken cancellationToken)
    {
        // Longer than the 15 s at which the server looks whether it is idle and gives memory back.
        const int Samples = 40;
        var start = clock.GetTimestamp();
        var recent = new Queue<long>();
        while (true)
        {
            recent.Enqueue(ProcessUsage.Of(processId).ResidentBytes);
            if (recent.Count > Samples)
            {
                recent.Dequeue();
                if (recent.Max() - recent.Min() < recent.Max() / 100)
                {
                    break;
                }
            }

            if (clock.GetElapsedTime(start) > limit)
            {
                break;
            }

            await Task.Delay(SampleInterval, clock, cancellationToken);
        }

        return recent.Last();
    }

    /// <summary>Waits until the process uses less than a tenth of a core for 2 s, at most <paramref name="limit"/>.</summary>
    public static async Task WaitForIdleAsync(int processId, TimeSpan limit, TimeProvider clock, CancellationToken cancellationToken)
    {
        const int QuietSamples = 4;
        var start = clock.GetTimestamp();
        var quiet = 0;
        var last = ProcessUsage.Of(processId).Cpu;
        while (quiet < QuietSamples && clock.GetElapsedTime(start) < limit)
        {
            await Task.Delay(SampleInterval, clock, cancellationToken);
            var now = ProcessUsage.Of(processId).Cpu;
            quiet = now - last < SampleInterval / 10 ? quiet + 1 : 0;
            last = now;
        }
    }
}
