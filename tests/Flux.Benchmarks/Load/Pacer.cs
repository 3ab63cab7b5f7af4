using System.Runtime.InteropServices;

namespace Flux.Benchmarks.Load;

/// <summary>Waits for moments less than a millisecond apart without spinning, which would take a core from what is measured.</summary>
/// <remarks>Timers of the runtime are no finer than a millisecond; the kernel's sleep is exact to about 60 µs. Only for a thread of its own.</remarks>
internal static partial class Pacer
{
    public static void WaitUntil(long timestamp)
    {
        while (true)
        {
            var left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), timestamp);
            if (left <= TimeSpan.Zero)
            {
                return;
            }

            var request = new TimeSpec((long)left.TotalSeconds, left.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick);
            _ = NanoSleep(in request, 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int NanoSleep(in TimeSpec request, nint remaining);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpec(long seconds, long nanoseconds)
    {
        private readonly long _seconds = seconds;
        private readonly long _nanoseconds = nanoseconds;
    }
}
