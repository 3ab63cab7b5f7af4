using System.Buffers;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.Grains.Connections;
using Flux.Server.Hosting;
using Flux.Server.Namespaces;

namespace Flux.Server.Events;

/// <summary>GET /api/why: from an event back to its first cause, and forward to all that it led to.</summary>
internal sealed class WhyEndpoint(IEventLog log, CauseFinder finder, AccessControl access, HeadWatch headWatch)
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;

    // A chain of causes is as long as its agents talk; nobody reads more of it at once. Those that the client may not see are passed over, and count.
    private const int MaxCauses = 1000;
    private const int MaxEffects = 2 * MaxLimit;

    // Of the events, each way; the answer stands in memory.
    private const long MaxBytes = 4 * 1024 * 1024;

    public async Task GetAsync(HttpContext context)
    {
        var query = QueryParameters.Read(context.Request);
        var limit = (int)Math.Clamp(query.Number("limit") ?? DefaultLimit, 1, MaxLimit);
        await headWatch.ConfirmAsync(context.RequestAborted);
        if (await FindAsync(query, context) is not { } asked || !await MayReadAsync(context.Request, asked))
        {
            await Errors.WriteAsync(context, StatusCodes.Status404NotFound, ErrorCodes.NotFound, "Event not found");
            return;
        }

        var rights = access.RightsOf(context.Request);
        var (causes, isWhole) = await ReadCausesAsync(asked, rights, context.RequestAborted);
        var (effects, areAll) = await ReadEffectsAsync(asked, limit, rights, context.RequestAborted);
        var json = JsonAnswer.Rent();
        JsonAnswer.Write(json, "{\"event\":"u8);
        EventJson.Write(json, asked);
        Write(json, ",\"causes\":["u8, causes);
        Write(json, ",\"effects\":["u8, effects);
        JsonAnswer.Write(json, isWhole ? default : ",\"moreCauses\":true"u8);
        JsonAnswer.Write(json, areAll ? default : ",\"moreEffects\":true"u8);
        JsonAnswer.Write(json, "}"u8);
        await JsonAnswer.SendAsync(context, StatusCodes.Status200OK, json);
    }

    private static void Write(ArrayBufferWriter<byte> json, ReadOnlySpan<byte> start, List<RecordedEvent> events)
    {
        JsonAnswer.Write(json, start);
        for (var i = 0; i < events.Count; i++)
        {
            JsonAnswer.Write(json, i == 0 ? default : ","u8);
            EventJson.Write(json, events[i]);
        }

        JsonAnswer.Write(json, "]"u8);
    }

    private static Position? ReadPosition(QueryParameters query, string name) => query.Number(name) switch
    {
        null => null,
        > long.MaxValue => throw QueryParameters.NotWhole(name),
        var number => new Position((long)number),
    };

    // An id is looked for in one namespace: that of the parameter, or none.
    private async ValueTask<RecordedEvent?> FindAsync(QueryParameters query, HttpContext context)
    {
        var (id, position) = (query["event"], ReadPosition(query, "position"));
        if (string.IsNullOrEmpty(id) == position is null)
        {
            throw QueryParameters.Invalid("event or position is required: the id of an event (with namespace), or its position");
        }

        return position is { } at
            ? await finder.FindAsync(at, context.RequestAborted)
            : await finder.FindAsync(query["namespace"] ?? string.Empty, id!, context.RequestAborted);
    }

    private async ValueTask<bool> MayReadAsync(HttpRequest request, RecordedEvent recorded) =>
        recorded.Data.Entity is not { } entity || (!SystemEntity.Owns(entity.Id) && await access.MayReadAsync(request, entity));

    // A token may open a part of the namespace only, and the way leads through all of it.
    private static bool IsShown(ReadRights rights, RecordedEvent recorded) => recorded.Data.Entity is not { } entity || rights.CanRead(entity.Id);

    /// <summary>Walks from an event to its first cause: the nearest first. All are in its namespace.</summary>
    private async Task<(List<RecordedEvent> Causes, bool IsWhole)> ReadCausesAsync(RecordedEvent asked, ReadRights rights, CancellationToken cancellationToken)
    {
        var causes = new List<RecordedEvent>();
        var (at, bytes) = (asked, 0L);
        for (var looked = 0; at.Cause is { } cause && looked < MaxCauses && bytes < MaxBytes; looked++)
        {
            at = await finder.FindAsync(cause, cancellationToken)
                ?? throw new InvalidDataException($"the event at position {at.Position} names {cause} as its cause, and the log has no event there");
            if (IsShown(rights, at))
            {
                causes.Add(at);
                bytes += at.Data.Payload.Json.Length;
            }
        }

        return (causes, at.Cause is null);
    }

    /// <summary>Walks to the effects, and effects of effects, in the order of their positions: an effect stands behind its cause.</summary>
    private async Task<(List<RecordedEvent> Effects, bool AreAll)> ReadEffectsAsync(
        RecordedEvent asked, int limit, ReadRights rights, CancellationToken cancellationToken)
    {
        var effects = new List<RecordedEvent>();
        var (looked, bytes) = (0, 0L);
        var next = new PriorityQueue<RecordedEvent, long>();
        await AddAsync(asked.Position, Position.Start);
        while (next.TryDequeue(out var effect, out _))
        {
            if (effects.Count == limit || looked++ == MaxEffects || bytes >= MaxBytes)
            {
                return (effects, false);
            }

            if (IsShown(rights, effect))
            {
                effects.Add(effect);
                bytes += effect.Data.Payload.Json.Length;
            }

            await AddAsync(effect.Position, Position.Start);      // the first that it led to
            await AddAsync(effect.Cause!.Value, effect.Position); // the next that its cause led to
        }

        return (effects, true);

        // One of each cause at a time, so that no more is read than is shown.
        async ValueTask AddAsync(Position cause, Position behind)
        {
            foreach (var effect in await log.ReadEffectsAsync(cause, behind, maxCount: 1, cancellationToken))
            {
                next.Enqueue(effect, effect.Position.Value);
            }
        }
    }
}
