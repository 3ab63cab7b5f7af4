namespace Flux.Benchmarks.Measuring;

/// <summary>Follows the resident memory of a process until it is disposed.</summary>
internal sealed class MemorySampler : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _sampling;
    private long _max;

    public MemorySampler(int processId, TimeProvider clock) => _sampling = SampleAsync(processId, clock);

    public long MaxBytes => Volatile.Read(ref _max);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _sampling;
        _stop.Dispose();
    }

    private async Task SampleAsync(int processId, TimeProvider clock)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250), clock);
        try
        {
            do
            {
                Volatile.Write(ref _max, Math.Max(_max, ProcessUsage.Of(processId).ResidentBytes));
            }
            while (await timer.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException)
        {
            // Disposed: the last sample stands.
        }
    }
}
