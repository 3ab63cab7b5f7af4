using Flux.Core.Entities;
using Flux.Core.Log;
using Flux.Core.Subscriptions;

namespace Flux.Server.Subscriptions.V2;

/// <summary>What all followers use together.</summary>
internal sealed partial class FollowerTools(IEventLog log, IReadModel readModel, TimeProvider time, ILogger<FollowerTools> logger) : IDisposable
{
    // How soon a silo hears of what another one has told a client: some milliseconds.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan LongPause = TimeSpan.FromMilliseconds(200);

    private readonly ILogger<FollowerTools> _logger = logger;

    // So that many who come back at once leave the processors to those who write.
    private readonly SemaphoreSlim _turns = new(Environment.ProcessorCount);

    /// <summary>Gets the log.</summary>
    public IEventLog Log => log;

    /// <summary>Gets the read model.</summary>
    public IReadModel ReadModel => readModel;

    /// <summary>Gets the clock.</summary>
    public TimeProvider Time => time;

    /// <summary>Gets the pages that are read once for all.</summary>
    public LogPages Pages { get; } = new(log, readModel);

    /// <summary>Waits for a turn to read; it ends when it is disposed of.</summary>
    public async ValueTask<Turn> TakeTurnAsync(CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        return new Turn(_turns);
    }

    /// <summary>Waits until a feed has reached a position.</summary>
    public async ValueTask WaitForAsync(ChangeFeed feed, Position position, CancellationToken cancellationToken)
    {
        while (feed.Position < position)
        {
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    /// <summary>Reads, however often the log has to be asked: nothing is sent meanwhile, and silence is what tells the client.</summary>
    public async Task<T> PersistAsync<T>(Func<Task<T>> read, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await read();
            }
            catch (EventLogUnavailableException e) when (e is not EntityQuarantinedException)
            {
                LogLogIsLost(e);
                await Task.Delay(LongPause, time, cancellationToken);
            }
        }
    }

    /// <summary>Makes the cursor behind a position.</summary>
    /// <param name="feed">It knows the last positions.</param>
    /// <param name="position">The position.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The cursor; null when the log has no such position.</returns>
    /// <exception cref="EventLogUnavailableException">The log cannot be read now.</exception>
    public async Task<Cursor?> FindCursorAsync(ChangeFeed feed, Position position, CancellationToken cancellationToken)
    {
        if (position == Position.Start)
        {
            return new Cursor(log.Epoch, Position.Start, RowHash: 0);
        }

        if (feed.FindCursor(position) is { } known)
        {
            return known;
        }

        return await FindRowAsync(feed, position, cancellationToken) is { } row ? Cursor.Behind(log.Epoch, row) : null;
    }

    /// <summary>Reads the row at a position.</summary>
    /// <param name="feed">It knows how far the log is read for others.</param>
    /// <param name="position">The position, from 1.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The row; null when the log has no such position.</returns>
    /// <exception cref="EventLogUnavailableException">The log cannot be read now.</exception>
    public async Task<RecordedEvent?> FindRowAsync(ChangeFeed feed, Position position, CancellationToken cancellationToken)
    {
        if (position <= feed.Position)
        {
            // Those who come back together stand near each other.
            var page = await Pages.ReadAsync(new Position(position.Value - 1), feed.Position, cancellationToken);
            return page.Changes[(int)(position.Value - page.First.Value)].Recorded;
        }

        var rows = await log.ReadAsync(LogScope.All, position, ReadDirection.Forward, maxCount: 1, cancellationToken);
        return rows.Events.Count == 1 && rows.Events[0].Position == position ? rows.Events[0] : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();

    /// <summary>A turn; given back once.</summary>
    internal readonly struct Turn(SemaphoreSlim turns) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => turns.Release();
    }
}
