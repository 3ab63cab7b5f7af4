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
            var seen = await ReadStepAsync(key, query.Property, state, from, to, cancellationToken);
            state = query.IsDescending ? null : seen.After;
            foreach (var (recorded, value) in query.IsDescending ? seen.Points.AsEnumerable().Reverse() : seen.Points)
            {
                JsonAnswer.Write(json, found == 0 ? default : ","u8);
                Write(json, recorded, value.Span);
                found++;
                if (found == query.Limit || json.WrittenCount >= MaxBytes)
                {
                    var isEnd = recorded.Version == (query.IsDescending ? first : last);
                    return Page(isEnd ? null : recorded.Position);
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

    private static void Write(ArrayBufferWriter<byte> json, RecordedEvent recorded, ReadOnlySpan<byte> value)
    {
        JsonAnswer.Write(json, "["u8);
        JsonWrite.Time(json, recorded.RecordedAt, "+00:00"u8);
        JsonAnswer.Write(json, ","u8);
        JsonAnswer.Write(json, value);
        JsonAnswer.Write(json, ","u8);
        JsonWrite.Number(json, recorded.Position.Value);
        JsonAnswer.Write(json, "]"u8);
    }

    /// <summary>Reads the points between two versions of a step.</summary>
    private async ValueTask<SeriesStep> ReadStepAsync(
        EntityKey key, string property, EntityState state, long from, long to, CancellationToken cancellationToken)
    {
        var points = new List<(RecordedEvent Recorded, ReadOnlyMemory<byte> Value)>();
        var (first, last) = (Position.Start, Position.Start);
        while (state.Version < to)
        {
            var rows = await log.ReadEntityAsync(key, state.Version, (int)Math.Min(ReadEvents, to - state.Version), cancellationToken);
            foreach (var row in rows)
            {
                var after = state.Apply(row).Whole();
                (first, last) = (row.Version == from ? row.Position : first, row.Position);
                if (row.Version >= from && PropertyHistory.TryFind(row, state.Properties, property, out var value))
                {
                    points.Add((row, value));
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
