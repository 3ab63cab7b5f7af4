using System.Runtime.InteropServices;

namespace Flux.Benchmarks.Measuring;

/// <summary>What the figures of a run depend on besides the code.</summary>
/// <param name="Processors">Processors that the run may use.</param>
/// <param name="Runtime">The .NET runtime.</param>
/// <param name="LoadAverage">The machine's load over the last minute, before the run.</param>
/// <param name="FsyncMicroseconds">Median time of writing 4 KiB to the data folder's disk and flushing it.</param>
internal sealed record HostFacts(int Processors, string Runtime, double LoadAverage, double FsyncMicroseconds)
{
    public static HostFacts Gather(string folder) => new(
        Environment.ProcessorCount,
        RuntimeInformation.FrameworkDescription,
        double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture),
        MeasureFsync(folder));

    private static double MeasureFsync(string folder)
    {
        const int Flushes = 101;
        var path = Path.Combine(folder, "fsync-probe");
        var block = new byte[4096];
        var times = new double[Flushes];
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, options: FileOptions.DeleteOnClose);
        for (var i = 0; i < Flushes; i++)
        {
            var start = Stopwatch.GetTimestamp();
            RandomAccess.Write(file, block, fileOffset: (long)i * block.Length);
            RandomAccess.FlushToDisk(file);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        Array.Sort(times);
        return times[Flushes / 2];
    }
}
