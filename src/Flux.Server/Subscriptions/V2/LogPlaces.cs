using Flux.Core.Log;
using Flux.Core.Subscriptions;
using Flux.Server.Hosting;

namespace Flux.Server.Subscriptions.V2;

/// <summary>Finds the places in the log that clients name.</summary>
internal sealed class LogPlaces(ChangeFeed feed, FollowerTools tools)
{
    /// <summary>Finds where something begins.</summary>
    /// <param name="start">A cursor, a position or a time; what was recorded at the time comes behind the place.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The place; null when this log has none such.</returns>
    /// <exception cref="EventLogUnavailableException">The log cannot be read now.</exception>
    /// <exception cref="RequestRefusedException">The time lies in the future.</exception>
    public Task<LogPlace?> FindAsync(StartPoint start, CancellationToken cancellationToken) => FindAsync(start, isEnd: false, cancellationToken);

    /// <summary>Finds where something ends.</summary>
    /// <param name="end">Not <see cref="ReplayEnd.Live"/>.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The place; null when this log has none such.</returns>
    /// <exception cref="EventLogUnavailableException">The log cannot be read now.</exception>
    /// <exception cref="RequestRefusedException">The time lies in the future.</exception>
    public async Task<LogPlace?> FindAsync(ReplayEnd end, CancellationToken cancellationToken) => end switch
    {
        ReplayEnd.At(var place) => await FindAsync(place, isEnd: true, cancellationToken),
        ReplayEnd.Head => await BehindAsync((await tools.Log.ReadHeadAsync(cancellationToken)).Position, cancellationToken),
        _ => throw new ArgumentException($"{end} is no place", nameof(end)),
    };

    /// <summary>Gives the cursor behind a position that the log is known to have.</summary>
    /// <param name="position">The position.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public Task<Cursor> CursorAtAsync(Position position, CancellationToken cancellationToken) => tools.PersistAsync(
        async () => await tools.FindCursorAsync(feed, position, cancellationToken)
            ?? throw new EventLogUnavailableException($"the log does not show position {position} yet"),
        cancellationToken);

    private async Task<LogPlace?> FindAsync(StartPoint start, bool isEnd, CancellationToken cancellationToken)
    {
        switch (start)
        {
            case StartPoint.AfterPosition(var position):
                return await BehindAsync(position, cancellationToken);
            case StartPoint.AfterCursor(var cursor):
                var found = cursor.Epoch == tools.Log.Epoch ? await BehindAsync(cursor.Position, cancellationToken) : null;
                return found?.Cursor == cursor ? found : null;
            case StartPoint.AtTime(var time):
                var next = await tools.Log.FindPositionAsync(isEnd ? new Timestamp(time.Microseconds + 1) : time, cancellationToken);
                var place = await BehindAsync(new Position(next.Value - 1), cancellationToken);
                if (time > Timestamp.From(tools.Time.GetUtcNow()) && await FindRowAsync(next, cancellationToken) is null)
                {
                    // One that the log has already is none, whatever this silo's clock says.
                    throw QueryParameters.Invalid("the time lies in the future");
                }

                return place is { Time: not null } ? place.Value with { Time = time } : place;
            default:
                throw new ArgumentException($"{start} is no place", nameof(start));
        }
    }

    private async Task<LogPlace?> BehindAsync(Position position, CancellationToken cancellationToken)
    {
        if (position == Position.Start)
        {
            return new LogPlace(new Cursor(tools.Log.Epoch, Position.Start, RowHash: 0), Time: null);
        }

        return await FindRowAsync(position, cancellationToken) is { } row ? new LogPlace(Cursor.Behind(tools.Log.Epoch, row), row.RecordedAt) : null;
    }

    private Task<RecordedEvent?> FindRowAsync(Position position, CancellationToken cancellationToken) =>
        tools.FindRowAsync(feed, position, cancellationToken);
}
