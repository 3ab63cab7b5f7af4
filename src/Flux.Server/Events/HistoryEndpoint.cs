using System.Buffers;
using System.Runtime.CompilerServices;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.Grains.Connections;
using Flux.Server.Hosting;
using Flux.Server.Namespaces;

namespace Flux.Server.Events;

/// <summary>GET /api/events: the history of one entity, newest first (source: wire-contract section 8); or a page of history, either way.</summary>
internal sealed class HistoryEndpoint(IEventLog log, HistoryPages pages, AccessControl access, HeadWatch headWatch, TimeProvider time)
{
    private const string TableName = "events";

    private static readonly TimeSpan DefaultSpan = TimeSpan.FromHours(24);

    private static readonly string[] Columns =
        ["position", "recordedAt", "payload.entity_id", "version", "payload.properties", "stream", "source", "eventId", "timestamp", "cause"];

    public async Task GetAsync(HttpContext context)
    {
        var query = QueryParameters.Read(context.Request);
        if (HistoryQuery.AsksForPage(query))
        {
            await GetPageAsync(context, query);
            return;
        }

        if (string.IsNullOrEmpty(query["entity"]))
        {
            throw QueryParameters.Invalid("entity parameter is required");
        }

        var since = HistoryQuery.ReadTime(query, "since") ?? time.GetUtcNow() - DefaultSpan;
        var limit = HistoryQuery.ReadLimit(query);
        await headWatch.ConfirmAsync(context.RequestAborted);
        var events = EntityKey.TryParse(query["entity"], out var key) && await access.MayReadAsync(context.Request, key)
            ? ReadAsync(key, RoundDown(since), limit, context.RequestAborted)
            : AsyncEnumerable.Empty<RecordedEvent>(); // no entity can have this id, or it is hidden
        await AnswerAsync(context, query, events);
    }

    private static Task AnswerAsync(HttpContext context, QueryParameters query, IAsyncEnumerable<RecordedEvent> events) =>
        CsvTable.IsWanted(context.Request, query) ? SendTableAsync(context, events) : SendAsync(context, events);

    // Hundreds of events of 1 MiB never stand in memory whole; what is short has its length in the head.
    private static async Task SendAsync(HttpContext context, IAsyncEnumerable<RecordedEvent> events)
    {
        var json = new ArrayBufferWriter<byte>(512);
        var (isFirst, isSent) = (true, false);
        JsonAnswer.Write(json, "["u8);
        await foreach (var recorded in events)
        {
            JsonAnswer.Write(json, isFirst ? default : ","u8);
            EventJson.Write(json, recorded);
            isFirst = false;
            if (json.WrittenCount >= JsonAnswer.FlushBytes)
            {
                if (!isSent)
                {
                    context.Response.ContentType = "application/json";
                }

                if (HttpMethods.IsHead(context.Request.Method))
                {
                    return;
                }

                await context.Response.BodyWriter.WriteAsync(json.WrittenMemory, context.RequestAborted);
                json.ResetWrittenCount();
                isSent = true;
            }
        }

        JsonAnswer.Write(json, "]"u8);
        if (isSent)
        {
            await context.Response.BodyWriter.WriteAsync(json.WrittenMemory, context.RequestAborted);
            return;
        }

        await JsonAnswer.SendAsync(context, StatusCodes.Status200OK, json);
    }

    private static async Task SendTableAsync(HttpContext context, IAsyncEnumerable<RecordedEvent> events)
    {
        var (table, json, isSent) = (new CsvTable(Columns), new ArrayBufferWriter<byte>(512), false);
        await foreach (var recorded in events)
        {
            json.ResetWrittenCount();
            EventJson.Write(json, recorded);
            table.Add(json.WrittenMemory);
            if (table.WrittenCount >= JsonAnswer.FlushBytes)
            {
                if (!isSent)
                {
                    CsvTable.Announce(context.Response, TableName);
                }

                if (HttpMethods.IsHead(context.Request.Method))
                {
                    return;
                }

                await table.FlushAsync(context);
                isSent = true;
            }
        }

        await (isSent ? table.FlushAsync(context).AsTask() : table.SendAsync(context, TableName));
    }

    private static Timestamp RoundDown(DateTimeOffset since) => Timestamp.From(DateTimeOffset.FromUnixTimeSeconds(since.ToUnixTimeSeconds()));

    private async Task GetPageAsync(HttpContext context, QueryParameters parameters)
    {
        var query = HistoryQuery.Read(parameters);
        await headWatch.ConfirmAsync(context.RequestAborted);
        var mayRead = query.Scope is not LogScope.OfEntity entity || await access.MayReadAsync(context.Request, entity.Key);
        var (events, next) = mayRead ? await pages.ReadAsync(query, access.RightsOf(context.Request), context.RequestAborted) : ([], null);
        if (next is { } position)
        {
            HistoryQuery.SetNext(context.Response, parameters, query.IsForward, position);
        }

        await AnswerAsync(context, parameters, events.ToAsyncEnumerable());
    }

    private async IAsyncEnumerable<RecordedEvent> ReadAsync(
        EntityKey key, Timestamp since, int limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var from = (await log.ReadHeadAsync(cancellationToken)).Position;
        while (true)
        {
            var page = await log.ReadAsync(new LogScope.OfEntity(key), from, ReadDirection.Backward, limit, cancellationToken);
            foreach (var recorded in page.Events)
            {
                if (recorded.RecordedAt < since && recorded.RecordedAt != default) // that of a missing event is not known to both stores
                {
                    yield break;
                }

                yield return recorded;
            }

            limit -= page.Events.Count;
            if (page.IsLast || limit == 0)
            {
                yield break;
            }

            from = page.Next;
        }
    }
}
