using Flux.Core.Log;
using Flux.Core.Subscriptions;
using Flux.Server.Hosting;

namespace Flux.Server.Entities;

/// <summary>Finds the position that a request means by <c>at</c>: a position, a cursor, or a time.</summary>
internal sealed class AsOf(IEventLog log, TimeProvider time)
{
    /// <summary>Finds it.</summary>
    /// <param name="query">The request's parameters; <c>at</c> is one of them.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The position, at most the log's head; of a time, the last one that was recorded by then.</returns>
    /// <exception cref="RequestRefusedException">It is none of the three, of another log, or has not come yet.</exception>
    /// <exception cref="EventLogUnavailableException">The log cannot be read now.</exception>
    public async ValueTask<Position> ResolveAsync(QueryParameters query, CancellationToken cancellationToken)
    {
        var text = query["at"]!;
        var head = (await log.ReadHeadAsync(cancellationToken)).Position;
        var position = text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('0', '9') ? ToPosition(query.Number("at")!.Value)
            : Cursor.TryParse(text, out var cursor) ? await CheckAsync(cursor, cancellationToken)
            : Rfc3339.TryParse(text, out var moment) ? await FindAsync(moment, head, cancellationToken)
            : throw QueryParameters.Invalid("at: must be a position, a cursor, or a date and time with an offset, such as 2026-02-25T20:04:27Z");
        return position <= head
            ? position
            : throw QueryParameters.Invalid($"at: the log ends at position {head}");
    }

    private static Position ToPosition(ulong number) => new((long)Math.Min(number, long.MaxValue));

    private async ValueTask<Position> CheckAsync(Cursor cursor, CancellationToken cancellationToken)
    {
        if (cursor.Epoch == log.Epoch)
        {
            if (cursor.Position == Position.Start && cursor.RowHash == 0)
            {
                return cursor.Position;
            }

            var rows = await log.ReadAsync(LogScope.All, cursor.Position, ReadDirection.Forward, maxCount: 1, cancellationToken);
            if (rows.Events.Count == 1 && Cursor.Behind(log.Epoch, rows.Events[0]) == cursor)
            {
                return cursor.Position;
            }
        }

        throw QueryParameters.Invalid("at: the cursor is of another log");
    }

    private async ValueTask<Position> FindAsync(DateTimeOffset moment, Position head, CancellationToken cancellationToken)
    {
        var after = await log.FindPositionAsync(new Timestamp(Timestamp.From(moment).Microseconds + 1), cancellationToken);
        if (after > head && moment > time.GetUtcNow())
        {
            // A time that the log has passed is none, whatever this silo's clock says.
            throw QueryParameters.Invalid("at: must not be in the future");
        }

        return new Position(after.Value - 1);
    }
}
