using Flux.EventLog.Sqlite;

namespace Flux.Server.Hosting;

/// <summary>Gives memory back to the machine when a busy time is over.</summary>
/// <remarks>
/// The collector runs when something is allocated, so a server that has become idle would keep the garbage of its last busy minute, and the room
/// of every entity that has left memory since, until the next one.
/// </remarks>
internal sealed class IdleMemoryTrimmer(TimeProvider time, EmbeddedStore? store = null) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    // Below it nobody notices the pause of a collection (tens of milliseconds for a heap of some hundred MB).
    private const long IdleBytes = 15L * 1024 * 1024;

    // Less garbage than this is not worth one.
    private const long WorthwhileBytes = 256L * 1024 * 1024;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        var trimmedAt = GC.GetTotalAllocatedBytes();
        var before = trimmedAt;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var allocated = GC.GetTotalAllocatedBytes();
            if (allocated - before < IdleBytes && allocated - trimmedAt > WorthwhileBytes)
            {
                store?.ReleaseMemory();
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                NativeHeap.Trim();
                trimmedAt = allocated;
            }

            before = allocated;
        }
    }
}
