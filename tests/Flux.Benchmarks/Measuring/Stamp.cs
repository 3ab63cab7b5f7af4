namespace Flux.Benchmarks.Measuring;

/// <summary>A moment of the monotonic clock as a property value: 16 digits always, and exact as a double.</summary>
internal static class Stamp
{
    /// <summary>The smallest number with 16 digits; the clock's 100 ns steps are added to it and stay below 2^53 for 25 years of uptime.</summary>
    public const long Origin = 1_000_000_000_000_000;

    public const int Digits = 16;

    public static long Now() => At(Stopwatch.GetTimestamp());

    public static long At(long timestamp) => Origin + Stopwatch.GetElapsedTime(0, timestamp).Ticks;

    public static TimeSpan Since(long stamp) => TimeSpan.FromTicks(Now() - stamp);
}
