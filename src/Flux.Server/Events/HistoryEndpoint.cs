using Flux.Core.Events;
using Flux.Core.Log;
using Flux.Grains.Connections;
using Flux.Server.Hosting;
using Flux.Server.Namespaces;

namespace Flux.Server.Events;

/// <summary>GET /api/events: the history of one entity, newest first. Source: wire-contract section 8.</summary>
internal sealed class HistoryEndpoint(IEventLog log, AccessControl access, HeadWatch headWatch, TimeProvider time)
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 500;

    private static readonly TimeSpan DefaultSpan = TimeSpan.FromHours(24);

    public async Task GetAsync(HttpContext context)
    {
        var query = QueryParameters.Read(context.Request);
        if (string.IsNullOrEmpty(query["entity"]))
        {
            throw QueryParameters.Invalid("entity parameter is required");
        }

        var since = query["since"] is { } text ? ReadSince(text) : time.GetUtcNow() - DefaultSpan;
        var limit = (int)Math.Clamp(query.Number("limit") ?? DefaultLimit, 1, MaxLimit);
        await headWatch.ConfirmAsync(context.RequestAborted);
        var events = EntityKey.TryParse(query["entity"], out var key) && await access.MayReadAsync(context.Request, key)
            ? await ReadAsync(key, RoundDown(since), limit, context.RequestAborted)
            : []; // no entity can have this id, or it is hidden

        var json = JsonAnswer.Rent();
        JsonAnswer.Write(json, "["u8);
        foreach (var recorded in events)
        {
            JsonAnswer.Write(json, json.WrittenCount == 1 ? default : ","u8);
            EventJson.Write(json, recorded);
        }

        JsonAnswer.Write(json, "]"u8);
        await JsonAnswer.SendAsync(context, StatusCodes.Status200OK, json);
    }

    private static Timestamp RoundDown(DateTimeOffset since) => Timestamp.From(DateTimeOffset.FromUnixTimeSeconds(since.ToUnixTimeSeconds()));

    private static DateTimeOffset ReadSince(string text) =>
        Rfc3339.TryParse(text, out var since)
            ? since
            : throw QueryParameters.Invalid("since: must be a date and time with an offset, such as 2026-02-25T20:04:27Z");

    private async Task<List<RecordedEvent>> ReadAsync(EntityKey key, Timestamp since, int limit, CancellationToken cancellationToken)
    {
        var events = new List<RecordedEvent>();
        var from = (await log.ReadHeadAsync(cancellationToken)).Position;
        while (true)
        {
            var page = await log.ReadAsync(new LogScope.OfEntity(key), from, ReadDirection.Backward, limit - events.Count, cancellationToken);
            foreach (var recorded in page.Events)
            {
                if (recorded.RecordedAt < since)
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
