using Flux.Core.Entities;
using Flux.Core.Log;
using Flux.EventLog.Past;
using Flux.EventLog.Projection;

namespace Flux.EventLog.PostgreSql;

/// <summary>The projection of this process, and beside it the checkpoints, and the snapshots that earlier ones have not written.</summary>
internal sealed class PostgreSqlProjection(Projector projector, SnapshotBackfill backfill, CheckpointKeeper checkpoints) : IProjectionLoop
{
    private readonly CancellationTokenSource _stopping = new();
    private bool _isDisposed;

    /// <inheritdoc/>
    public Task Completion => projector.Completion;

    /// <summary>Gets the work on missing snapshots: it ends when none is missing, and never fails.</summary>
    internal Task Backfilling { get; private set; } = Task.CompletedTask;

    /// <summary>Gets the checkpoints.</summary>
    internal CheckpointKeeper Checkpoints => checkpoints;

    /// <inheritdoc/>
    public void Start()
    {
        projector.Start();
        Backfilling = Task.Run(() => backfill.RunAsync(_stopping.Token));
    }

    /// <inheritdoc/>
    public ValueTask<bool> WaitForAsync(Position position, TimeSpan timeout, CancellationToken cancellationToken) =>
        projector.WaitForAsync(position, timeout, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Backfilling.ConfigureAwait(false);
        await projector.DisposeAsync().ConfigureAwait(false);
        await checkpoints.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }
}
