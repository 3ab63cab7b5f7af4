using Flux.Core.Log;
using Flux.EventLog.Sqlite;

namespace Flux.Server.Hosting;

/// <summary>Gives memory back to the machine when a busy time is over.</summary>
/// <remarks>
/// The collector runs when something is allocated, so a server that has become idle would keep the garbage of its last busy minute, and the room
/// of every entity that has left memory since, until the next one.
/// </remarks>
internal sealed partial class IdleMemoryTrimmer(TimeProvider time, ILogger<IdleMemoryTrimmer> logger, EmbeddedStore? store = null) : BackgroundService
{
    private readonly ILogger<IdleMemoryTrimmer> _logger = logger;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    // Above it somebody would notice the pause of a collection (tens of milliseconds for a heap of some hundred MB).
    private const long IdleBytes = 15L * 1024 * 1024;

    // Less garbage than this is not worth one, and one in so many intervals is enough while little is done. 10,000 sockets that come bring 60 MB.
    private const long WorthwhileBytes = 32L * 1024 * 1024;
    private const int WorthwhileIntervals = 16;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        var trimmedAt = GC.GetTotalAllocatedBytes();
        var before = trimmedAt;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var allocated = GC.GetTotalAllocatedBytes();
            var recent = allocated - before;
            if (recent < IdleBytes && allocated - trimmedAt > Math.Max(WorthwhileBytes, recent * WorthwhileIntervals))
            {
                ReleaseMemoryOfStore();
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                NativeHeap.Trim();
                trimmedAt = allocated;
            }

            before = allocated;
        }
    }

    private void ReleaseMemoryOfStore()
    {
        try
        {
            store?.ReleaseMemory();
        }
        catch (EventLogUnavailableException e)
        {
            LogNotReleased(e); // whoever needs the store says so louder
        }
    }

    [LoggerMessage(LogLevel.Debug, "The store could not give its memory back now")]
    private partial void LogNotReleased(Exception exception);
}
