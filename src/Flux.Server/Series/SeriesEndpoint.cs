using System.Buffers;
using Flux.Core.Events;
using Flux.Core.Json;
using Flux.Core.Log;
using Flux.Core.Series;
using Flux.Grains.Connections;
using Flux.Server.Hosting;
using Flux.Server.Namespaces;

namespace Flux.Server.Series;

/// <summary>GET /api/series: the past of one property, as points or in buckets.</summary>
internal sealed class SeriesEndpoint(IEventLog log, ISeriesReader series, SeriesPages pages, AccessControl access, HeadWatch headWatch)
{
    public async Task GetAsync(HttpContext context)
    {
        var query = SeriesQuery.Read(context.Request, QueryParameters.Read(context.Request));
        await headWatch.ConfirmAsync(context.RequestAborted);
        var range = EntityKey.TryParse(query.Entity, out var key) && await access.MayReadAsync(context.Request, key)
            ? await FindRangeAsync(key, query, context.RequestAborted)
            : null; // no entity can have this id, or it is hidden

        ArrayBufferWriter<byte> json;
        if (range is null)
        {
            json = new ArrayBufferWriter<byte>(2);
            JsonAnswer.Write(json, "[]"u8);
        }
        else if (query.Buckets is { } count)
        {
            json = await ReadBucketsAsync(key, query, range.Value, count, context.RequestAborted);
        }
        else
        {
            var (first, last) = (range.Value.First.Version, range.Value.Last.Version);
            (json, var next) = await pages.ReadAsync(key, query, first, last, context.RequestAborted);
            if (next is { } position)
            {
                query.SetNext(context.Response, position);
            }
        }

        if (query.IsTable)
        {
            var table = query.Buckets is null ? new CsvTable("time", "value", "position") : new CsvTable("start", "count", "min", "max", "avg", "last");
            table.AddAll(json.WrittenMemory);
            await table.SendAsync(context, "series");
            return;
        }

        await JsonAnswer.SendAsync(context, StatusCodes.Status200OK, json);
    }

    private static void Write(ArrayBufferWriter<byte> json, SeriesBucket bucket)
    {
        JsonAnswer.Write(json, json.WrittenCount == 1 ? "{\"start\":"u8 : ",{\"start\":"u8);
        JsonWrite.Time(json, bucket.Start, "+00:00"u8);
        JsonAnswer.Write(json, ",\"count\":"u8);
        JsonWrite.Number(json, bucket.Count);
        if (bucket.Numbers > 0)
        {
            JsonAnswer.Write(json, ",\"min\":"u8);
            JsonWrite.Number(json, bucket.Min);
            JsonAnswer.Write(json, ",\"max\":"u8);
            JsonWrite.Number(json, bucket.Max);
            JsonAnswer.Write(json, ",\"avg\":"u8);
            JsonWrite.Number(json, bucket.Average);
        }

        switch (bucket.Last)
        {
            case { Kind: SeriesPointKind.Number, Number: var number }:
                JsonAnswer.Write(json, ",\"last\":"u8);
                JsonWrite.Number(json, number);
                break;
            case { Kind: SeriesPointKind.Gap }:
                JsonAnswer.Write(json, ",\"last\":null"u8);
                break;
            case { Json: { IsEmpty: false } value }:
                JsonAnswer.Write(json, ",\"last\":"u8);
                JsonAnswer.Write(json, value.Span);
                break;
            default:
                break; // too long: left out
        }

        JsonAnswer.Write(json, "}"u8);
    }

    private async Task<ArrayBufferWriter<byte>> ReadBucketsAsync(
        EntityKey key, SeriesQuery query, (RecordedEvent First, RecordedEvent Last) range, int count, CancellationToken cancellationToken)
    {
        var start = query.Since ?? range.First.RecordedAt;
        var end = query.Until ?? new Timestamp(range.Last.RecordedAt.Microseconds + 1);
        var buckets = new SeriesBuckets(start, end, count);
        await foreach (var points in series.ReadAsync(key, query.Property, range.First.Version, range.Last.Version, cancellationToken))
        {
            buckets.Add(points.Span);
        }

        var json = new ArrayBufferWriter<byte>(4096);
        JsonAnswer.Write(json, "["u8);
        foreach (var bucket in buckets.Buckets)
        {
            Write(json, bucket);
        }

        JsonAnswer.Write(json, "]"u8);
        return json;
    }

    /// <summary>Finds the entity's first and last event in the range; null when there is none.</summary>
    private async Task<(RecordedEvent First, RecordedEvent Last)?> FindRangeAsync(
        EntityKey key, SeriesQuery query, CancellationToken cancellationToken)
    {
        var from = query.From ?? (query.Since is { } since ? await log.FindPositionAsync(since, cancellationToken) : new Position(1));
        var head = (await log.ReadHeadAsync(cancellationToken)).Position;
        var to = query.To
            ?? (query.Until is { } until ? new Position((await log.FindPositionAsync(until, cancellationToken)).Value - 1) : head);
        (from, to) = (from < new Position(1) ? new Position(1) : from, to > head ? head : to);
        if (from > to
            || await FindAsync(key, from, ReadDirection.Forward, cancellationToken) is not { } first || first.Position > to
            || await FindAsync(key, to, ReadDirection.Backward, cancellationToken) is not { } last)
        {
            return null;
        }

        return (first, last);
    }

    private async ValueTask<RecordedEvent?> FindAsync(
        EntityKey key, Position from, ReadDirection direction, CancellationToken cancellationToken)
    {
        while (true)
        {
            var page = await log.ReadAsync(new LogScope.OfEntity(key), from, direction, maxCount: 1, cancellationToken);
            if (page.Events.Count > 0 || page.IsLast)
            {
                return page.Events.Count > 0 ? page.Events[0] : null;
            }

            from = page.Next;
        }
    }
}
