using Flux.Core.Events;
using Flux.Core.Log;
using Flux.Grains.Connections;
using Flux.Server.Hosting;
using Flux.Server.Namespaces;

namespace Flux.Server.Events;

/// <summary>GET /api/events: the history of one entity, newest first (source: wire-contract section 8); or a page of history, either way.</summary>
internal sealed class HistoryEndpoint(IEventLog log, HistoryPages pages, AccessControl access, HeadWatch headWatch, TimeProvider time)
{
    private static readonly TimeSpan DefaultSpan = TimeSpan.FromHours(24);

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
            ? await ReadAsync(key, RoundDown(since), limit, context.RequestAborted)
            : []; // no entity can have this id, or it is hidden
        await AnswerAsync(context, query, events);
    }

    private static Task AnswerAsync(HttpContext context, QueryParameters query, List<RecordedEvent> events)
    {
        var json = JsonAnswer.Rent();
        JsonAnswer.Write(json, "["u8);
        foreach (var recorded in events)
        {
            JsonAnswer.Write(json, json.WrittenCount == 1 ? default : ","u8);
            EventJson.Write(json, recorded);
        }

        JsonAnswer.Write(json, "]"u8);
        if (CsvTable.IsWanted(context.Request, query))
        {
            var table = new CsvTable("position", "recordedAt", "payload.entity_id", "version", "payload.properties", "stream", "source", "eventId", "timestamp", "cause");
            table.AddAll(json.WrittenMemory);
            return table.SendAsync(context, "events");
        }

        return JsonAnswer.SendAsync(context, StatusCodes.Status200OK, json);
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

        await AnswerAsync(context, parameters, events);
    }

    private async Task<List<RecordedEvent>> ReadAsync(EntityKey key, Timestamp since, int limit, CancellationToken cancellationToken)
    {
        var events = new List<RecordedEvent>();
        var from = (await log.ReadHeadAsync(cancellationToken)).Position;
        while (true)
        {
            var page = await log.ReadAsync(new LogScope.OfEntity(key), from, ReadDirection.Backward, limit - events.Count, cancellationToken);
            foreach (var recorded in page.Events)
            {
                if (recorded.RecordedAt < since && recorded.RecordedAt != default) // that of a missing event is not known to both stores
                {
                    return events;
                }

                events.Add(recorded);
            }

            if (page.IsLast || events.Count == limit)
            {
                return events;
            }

            from = page.Next;
        }
    }
}
