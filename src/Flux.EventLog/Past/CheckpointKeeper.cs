using Flux.Core.Log;
using Microsoft.Extensions.Logging;

namespace Flux.EventLog.Past;

/// <summary>Makes checkpoints beside the projection, one at a time. A projection that is slowed by it catches up; nothing waits for one.</summary>
internal sealed partial class CheckpointKeeper(ICheckpointStore store, long minEvents, ILogger<CheckpointKeeper> logger) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private long _lookAt;

    /// <summary>Gets the work under way. It never fails.</summary>
    internal Task Keeping { get; private set; } = Task.CompletedTask;

    /// <summary>Hears how far the projection is. One call at a time.</summary>
    /// <param name="position">The position up to which everything is written.</param>
    public void OnProjected(long position)
    {
        if (position >= _lookAt && Keeping.IsCompleted && !_stopping.IsCancellationRequested)
        {
            // The first look is at once: a server that is started often must get its checkpoints too.
            _lookAt = position + Math.Max(minEvents / 8, 1);
            Keeping = Task.Run(KeepAsync);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Keeping.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task KeepAsync()
    {
        try
        {
            if (await store.KeepIfDueAsync(minEvents, _stopping.Token).ConfigureAwait(false) is { } made)
            {
                LogMade(made);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // made after the next start
        }
        catch (Exception e)
        {
            LogFailed(e); // the past is dearer to read without it, and nothing else needs it
        }
    }

    [LoggerMessage(LogLevel.Debug, "All entities are copied as they were at position {Position}")]
    private partial void LogMade(Position position);

    [LoggerMessage(LogLevel.Warning, "A copy of all entities could not be made; trying again later")]
    private partial void LogFailed(Exception exception);
}
