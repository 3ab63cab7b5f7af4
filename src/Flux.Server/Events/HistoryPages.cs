using Flux.Core.Log;
using Flux.Server.Namespaces;

namespace Flux.Server.Events;

/// <summary>Reads pages of history: of an entity, of a namespace, or of all ids with a prefix. What one page costs is bounded, however thin the scope is in the log.</summary>
internal sealed class HistoryPages(IEventLog log)
{
    // A page may be empty while there are more: a client goes on from where it ended. About 30 ms. The log is not read further than this, and where a
    // page without events ends does not depend on what is in between.
    private const long MaxScanned = 20_000;
    private const long MaxBytes = 4 * 1024 * 1024;

    // Of a scope that is not read by an index, so many are looked at in one read.
    private const int ReadAtOnce = 500;

    /// <summary>Reads a page.</summary>
    /// <param name="query">What is asked for.</param>
    /// <param name="rights">What may be seen.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The events, and where to go on; null when there is nothing further that way.</returns>
    /// <exception cref="EventLogUnavailableException">The log cannot be read now.</exception>
    public async ValueTask<(List<RecordedEvent> Events, long? Next)> ReadAsync(HistoryQuery query, ReadRights rights, CancellationToken cancellationToken)
    {
        var events = new List<RecordedEvent>();
        if (query.Range.IsEmpty || (query.Scope is LogScope.OfNamespace && !rights.CanReadAny(query.Range.Start)))
        {
            return (events, null); // where a page would end tells how much is hidden
        }

        var (first, end) = await FindBoundsAsync(query, cancellationToken);
        var at = query.IsForward ? first : end - 1;
        var (from, through) = query.Scope is LogScope.OfEntity ? (first, end - 1)
            : query.IsForward ? (first, Math.Min(end - 1, first + MaxScanned - 1))
            : (Math.Max(first, end - MaxScanned), end - 1);
        var bytes = 0L;
        while (at >= from && at <= through && events.Count < query.Limit && bytes < MaxBytes)
        {
            var most = query.Scope is LogScope.Everything ? ReadAtOnce : query.Limit - events.Count;
            var page = await log.ReadAsync(
                query.Scope, new Position(at), query.IsForward ? ReadDirection.Forward : ReadDirection.Backward, most, cancellationToken);
            var next = query.IsForward
                ? (page.IsLast ? through + 1 : Math.Min(page.Next.Value, through + 1))
                : (page.IsLast ? from - 1 : Math.Max(page.Next.Value, from - 1));
            foreach (var recorded in page.Events)
            {
                var position = recorded.Position.Value;
                if (position < from || position > through)
                {
                    break; // and so is all behind it, and where to go on
                }

                if (recorded.Data.Entity is { } entity && query.Range.Contains(entity.Id) && rights.CanRead(entity.Id))
                {
                    events.Add(recorded);
                    bytes += recorded.Data.Payload.Json.Length;
                    if (events.Count == query.Limit)
                    {
                        next = query.IsForward ? position + 1 : position - 1;
                        break;
                    }
                }
            }

            at = next;
        }

        return (events, at >= first && at < end ? at : null);
    }

    private async ValueTask<(long First, long End)> FindBoundsAsync(HistoryQuery query, CancellationToken cancellationToken)
    {
        var first = query.From;
        if (query.Since is { } since)
        {
            first = Math.Max(first, (await log.FindPositionAsync(RoundUp(since), cancellationToken)).Value);
        }

        var end = Math.Min(query.Before, (await log.ReadHeadAsync(cancellationToken)).Position.Value + 1);
        if (query.Until is { } until)
        {
            end = Math.Min(end, (await log.FindPositionAsync(RoundUp(until), cancellationToken)).Value);
        }

        return (first, end);
    }

    // The log counts in microseconds: what is at or after a moment between two of them is at or after the later one.
    private static Timestamp RoundUp(DateTimeOffset time)
    {
        var rounded = Timestamp.From(time);
        return rounded.ToDateTimeOffset() < time ? new Timestamp(rounded.Microseconds + 1) : rounded;
    }
}
