using Flux.EventLog;

namespace Flux.Server.Work;

/// <summary>Keeps how far work is, and makes it rest as long as it works, so that whoever writes events meanwhile does not notice it.</summary>
/// <remarks>The work reports on the thread that it runs on, and rests there.</remarks>
internal sealed class PacedProgress(TimeProvider time, CancellationToken cancellationToken) : IProgress<LogProgress>
{
    // Somewhat longer than a turn of the system's own scheduler; a rest of less would be none.
    private static readonly TimeSpan Stretch = TimeSpan.FromMilliseconds(20);

    private readonly Lock _lock = new();
    private LogProgress _latest;
    private long _doneAtStart; // of what is counted now
    private long _countedSince;
    private long _workedSince = time.GetTimestamp();

    /// <summary>Gets how far it is, and how many are done in a second.</summary>
    public (LogProgress Progress, double Rate) Latest
    {
        get
        {
            lock (_lock)
            {
                var seconds = time.GetElapsedTime(_countedSince).TotalSeconds;
                return (_latest, _latest.What is null || seconds <= 0 ? 0 : (_latest.Done - _doneAtStart) / seconds);
            }
        }
    }

    /// <inheritdoc/>
    public void Report(LogProgress value)
    {
        lock (_lock)
        {
            if (value.What != _latest.What)
            {
                (_doneAtStart, _countedSince) = (value.Done, time.GetTimestamp());
            }

            _latest = value;
        }

        var worked = time.GetElapsedTime(_workedSince);
        if (worked >= Stretch)
        {
            cancellationToken.WaitHandle.WaitOne(worked);
            _workedSince = time.GetTimestamp();
        }

        cancellationToken.ThrowIfCancellationRequested();
    }
}
