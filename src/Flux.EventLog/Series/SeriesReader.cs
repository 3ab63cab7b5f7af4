using System.Runtime.CompilerServices;
using System.Text;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.Core.Series;
using Flux.EventLog.Projection;
using Microsoft.Extensions.Logging;

namespace Flux.EventLog.Series;

/// <summary>Reads series from the chunks that are kept, and from the log what is not; of that it keeps chunks, so that nobody goes it twice.</summary>
internal sealed partial class SeriesReader(ISeriesStore store, EntityLoader loader, IEventLog log, ILogger<SeriesReader> logger)
    : ISeriesReader
{
    // Some 3 KB each: what is in memory of the store at a time.
    private const int PageStretches = 512;

    // An event may have 1 MiB, and a page is in memory as a whole. Divides the length of a stretch.
    private const int PageEvents = 64;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReadOnlyMemory<SeriesPoint>> ReadAsync(
        EntityKey key, string property, long firstVersion, long lastVersion, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(firstVersion, 1);
        var name = Encoding.UTF8.GetBytes(property);
        var points = new SeriesPoint[SeriesChunk.Versions];
        var last = (lastVersion - 1) / SeriesChunk.Versions;
        EntityState? state = null; // at the end of the stretch before, when that was read from the log
        var page = new Queue<(long Stretch, byte[]? Points)>();
        var pageEnd = -1L;
        for (var stretch = (firstVersion - 1) / SeriesChunk.Versions; stretch <= last && firstVersion <= lastVersion; stretch++)
        {
            if (stretch > pageEnd)
            {
                pageEnd = Math.Min(last, stretch + PageStretches - 1);
                page = new(await store.ReadChunksAsync(key.Id, name, stretch, pageEnd, cancellationToken).ConfigureAwait(false));
            }

            int count;
            if (TryTake(page, key.Id, name, stretch, points, out count))
            {
                state = null;
            }
            else
            {
                state ??= await loader.LoadAsync(key, stretch * SeriesChunk.Versions, cancellationToken).ConfigureAwait(false);
                (state, count) = await FoldAsync(key, property, state, points, cancellationToken).ConfigureAwait(false);
            }

            var (from, to) = (0, count);
            while (from < to && points[from].Version < firstVersion)
            {
                from++;
            }

            while (to > from && points[to - 1].Version > lastVersion)
            {
                to--;
            }

            if (from < to)
            {
                yield return points.AsMemory(from..to);
            }
        }
    }

    private bool TryTake(
        Queue<(long Stretch, byte[]? Points)> page, string id, byte[] name, long stretch, SeriesPoint[] points, out int count)
    {
        count = 0;
        if (!page.TryPeek(out var next) || next.Stretch != stretch)
        {
            return false;
        }

        page.Dequeue();
        if (next.Points is null || SeriesChunk.TryRead(next.Points, SeriesChunk.SeedOf(id, name, stretch), stretch, points, out count))
        {
            return true;
        }

        LogDamaged(id, stretch);
        return false;
    }

    /// <summary>Reads a stretch from the log, or what there is of it, and keeps it when it is whole.</summary>
    private async ValueTask<(EntityState State, int Count)> FoldAsync(
        EntityKey key, string property, EntityState state, SeriesPoint[] points, CancellationToken cancellationToken)
    {
        var end = state.Version + SeriesChunk.Versions;
        var all = new StretchBuilder(key.Id, state.Version / SeriesChunk.Versions);
        var count = 0;
        while (state.Version < end)
        {
            var rows = await log.ReadEntityAsync(key, state.Version, PageEvents, cancellationToken).ConfigureAwait(false);
            foreach (var row in rows)
            {
                var after = state.Apply(row).Whole();
                all.Add(row, state.Properties);
                if (PropertyHistory.TryFind(row, state.Properties, property, out var json))
                {
                    points[count++] = SeriesPoint.Of(row.Version, row.RecordedAt, json);
                }

                state = after;
            }

            if (rows.Count < PageEvents)
            {
                return (state, count);
            }
        }

        if (!all.IsTooLarge)
        {
            await store.KeepAsync([all.Build()], cancellationToken).ConfigureAwait(false);
        }

        return (state, count);
    }

    [LoggerMessage(LogLevel.Warning, "The points of {Entity} in stretch {Stretch} are damaged; they are read from the log")]
    private partial void LogDamaged(string entity, long stretch);
}
