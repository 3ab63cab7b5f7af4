using System.Buffers;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Json;
using Flux.Core.Log;
using Flux.Core.Series;
using Flux.Server.Hosting;

namespace Flux.Server.Series;

/// <summary>Reads the points of a series from the log, with the values as their producers wrote them.</summary>
/// <remarks>What a page costs is bounded, however rarely the property is set.</remarks>
internal sealed class SeriesPages(IEventLog log, IReadModel readModel)
{
    // Events in one step. States after multiples of it are at hand (docs/decisions/0018).
    private const int StepEvents = 256;

    // An event may have 1 MiB, and what is read at once is in memory as a whole. Divides a step.
    private const int ReadEvents = 64;

    // A page ends after so many events were looked at, or after so many bytes of the answer.
    private const int MaxSteps = 40;
    private const int MaxBytes = 1024 * 1024;

    /// <summary>Reads a page.</summary>
    /// <param name="key">The entity.</param>
    /// <param name="query">What is asked for.</param>
    /// <param name="first">The first version in the range.</param>
    /// <param name="last">The last version in the range.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The page as JSON, and the position where the next one begins; null when this was the last.</returns>
    public async Task<(ArrayBufferWriter<byte> Json, Position? Next)> ReadAsync(
        EntityKey key, SeriesQuery query, long first, long last, CancellationToken cancellationToken)
    {
        var json = new ArrayBufferWriter<byte>();
        JsonAnswer.Write(json, "["u8);
        var found = 0;
        EntityState? state = null; // at the beginning of the next step, on the way up
        for (var steps = 1; first <= last; steps++)
        {
            var step = ((query.IsDescending ? last : first) - 1) / StepEvents * StepEvents;
            state ??= await readModel.LoadAsync(key, step, cancellationToken);
            var (from, to) = (Math.Max(first, step + 1), Math.Min(last, step + StepEvents));
            var seen = await ReadStepAsync(key, query, state, from, to, query.Limit - found, cancellationToken);
            state = query.IsDescending ? null : seen.After;
            foreach (var point in query.IsDescending ? seen.Points.Reverse() : seen.Points)
            {
                JsonAnswer.Write(json, found == 0 ? default : ","u8);
                Write(json, point);
                found++;
                if (found == query.Limit || json.WrittenCount >= MaxBytes)
                {
                    var isEnd = point.Version == (query.IsDescending ? first : last);
                    return Page(isEnd ? null : point.Position);
                }
            }

            (first, last) = query.IsDescending ? (first, from - 1) : (to + 1, last);
            if (steps == MaxSteps && first <= last)
            {
                return Page(query.IsDescending ? seen.First : seen.Last);
            }
        }

        return Page(null);

        (ArrayBufferWriter<byte> Json, Position? Next) Page(Position? lastSeen)
        {
            JsonAnswer.Write(json, "]"u8);
            return (json, lastSeen is not { } end ? null : query.IsDescending ? new Position(end.Value - 1) : end.Next);
        }
    }

    private static void Write(ArrayBufferWriter<byte> json, SeriesPoint point)
    {
        JsonAnswer.Write(json, "["u8);
        JsonWrite.Time(json, point.At, "+00:00"u8);
        JsonAnswer.Write(json, ","u8);
        JsonAnswer.Write(json, point.Value);
        JsonAnswer.Write(json, ","u8);
        JsonWrite.Number(json, point.Position.Value);
        JsonAnswer.Write(json, "]"u8);
    }

    /// <summary>Reads the points between two versions of a step, and keeps of them what a page takes at most: the first ones, or the last ones on the way down.</summary>
    private async ValueTask<SeriesStep> ReadStepAsync(
        EntityKey key, SeriesQuery query, EntityState state, long from, long to, int most, CancellationToken cancellationToken)
    {
        var (points, bytes) = (new Queue<SeriesPoint>(), 0L);
        var (first, last) = (Position.Start, Position.Start);
        while (state.Version < to && (query.IsDescending || (points.Count < most && bytes < MaxBytes)))
        {
            var rows = await log.ReadEntityAsync(key, state.Version, (int)Math.Min(ReadEvents, to - state.Version), cancellationToken);
            foreach (var row in rows)
            {
                var after = state.Apply(row).Whole();
                (first, last) = (row.Version == from ? row.Position : first, row.Position);
                if (row.Version >= from && PropertyHistory.TryFind(row, state.Properties, query.Property, out var value))
                {
                    points.Enqueue(new SeriesPoint(row.Version, row.RecordedAt, row.Position, value.ToArray()));
                    bytes += value.Length;
                    while (query.IsDescending && (points.Count > most || bytes - points.Peek().Value.Length >= MaxBytes))
                    {
                        bytes -= points.Dequeue().Value.Length;
                    }
                }

                state = after;
            }

            if (rows.Count == 0)
            {
                throw new InvalidDataException($"{key} has no event after version {state.Version}, and had one with version {to}");
            }
        }

        return new SeriesStep(points, first, last, state);
    }
}
