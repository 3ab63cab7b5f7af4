using Flux.Core.Events;
using Flux.Core.Json;
using Flux.Core.Log;
using Flux.Server.Events;
using Flux.Server.Hosting;
using Flux.Server.Limits;
using Flux.Server.Namespaces;

namespace Flux.Server.Entities;

/// <summary>DELETE /api/state/entities/{id} and POST /api/state/entities/delete. Source: wire-contract section 9.</summary>
internal sealed class DeletionEndpoints(
    EventAppender appender, AccessControl access, EntityLister lister, EventsUnderWay underWay, EventIds ids, TimeProvider time)
{
    private const int MaxBatch = 10_000;
    private const int MaxBodyBytes = 10 * 1024 * 1024;

    public async Task DeleteAsync(HttpContext context)
    {
        var key = EntityPath.Read(context);
        await CheckAsync(context.Request, key);
        var tombstone = IfMatch.Apply(context.Request, ToTombstone(key));
        using var place = underWay.Enter(1, tombstone.Payload.Json.Length);
        var result = await appender.AppendAsync(tombstone);
        if (result is not AppendResult.Appended { Event: var recorded })
        {
            await AppendAnswers.WriteAsync(context, result);
            return;
        }

        var json = JsonAnswer.Rent();
        JsonAnswer.Write(json, "{\"entity_id\":"u8);
        JsonWrite.String(json, key.Id);
        JsonAnswer.Write(json, ","u8);
        AppendAnswers.WriteAck(json, recorded, isDuplicate: false);
        JsonAnswer.Write(json, "}"u8);
        await JsonAnswer.SendAsync(context, StatusCodes.Status200OK, json);
    }

    public async Task DeleteManyAsync(HttpContext context)
    {
        var filter = await JsonBody.ReadAsync(context.Request, MaxBodyBytes, time, DeletionFilter.Read);
        var keys = await SelectAsync(filter, context.Request);
        if (keys.Count > MaxBatch)
        {
            throw new RequestRefusedException(StatusCodes.Status400BadRequest, ErrorCodes.InvalidRequest,
                $"Batch too large: {keys.Count} entities requested, max is {MaxBatch}");
        }

        foreach (var key in keys)
        {
            await CheckAsync(context.Request, key); // one refusal refuses all
        }

        List<EventData> tombstones = [.. keys.Select(ToTombstone)];
        using var place = underWay.Enter(
            Math.Min(tombstones.Count, EventAppender.SliceEvents), tombstones.Sum(tombstone => (long)tombstone.Payload.Json.Length));
        var outcomes = await appender.AppendManyAsync(tombstones);
        var errors = new List<string>();
        for (var i = 0; i < outcomes.Length; i++)
        {
            if (outcomes[i].Result is not AppendResult.Appended)
            {
                var (_, message) = outcomes[i] is { Failure: { } failure } ? AppendAnswers.ToRefusal(failure) : AppendAnswers.ToRefusal(outcomes[i].Result!);
                errors.Add($"{Shown.Cut(keys[i].Id)}: {message}");
            }
        }

        await AnswerAsync(context, outcomes.Length - errors.Count, errors);
    }

    private static Task AnswerAsync(HttpContext context, int deleted, List<string> errors)
    {
        var json = JsonAnswer.Rent();
        JsonAnswer.Write(json, "{\"deleted\":"u8);
        JsonWrite.Number(json, deleted);
        JsonAnswer.Write(json, ",\"failed\":"u8);
        JsonWrite.Number(json, errors.Count);
        JsonAnswer.Write(json, ",\"errors\":["u8);
        for (var i = 0; i < errors.Count; i++)
        {
            JsonAnswer.Write(json, i == 0 ? default : ","u8);
            JsonWrite.String(json, errors[i]);
        }

        JsonAnswer.Write(json, "]}"u8);
        return JsonAnswer.SendAsync(context, StatusCodes.Status200OK, json);
    }

    private async ValueTask CheckAsync(HttpRequest request, EntityKey key)
    {
        if (await access.WhyNotDeleteAsync(request, key) is { } refusal)
        {
            throw refusal.ToException();
        }
    }

    private async Task<List<EntityKey>> SelectAsync(DeletionFilter filter, HttpRequest request)
    {
        if (filter.EntityIds is { } entityIds)
        {
            return entityIds;
        }

        var keys = new List<EntityKey>();
        var rights = access.RightsOf(request);
        await foreach (var entity in await lister.ListAsync(filter.Namespace, filter.Prefix ?? string.Empty, request.HttpContext.RequestAborted))
        {
            if (rights.CanRead(entity.Id))
            {
                keys.Add(EntityKey.Trusted(entity.Id)); // what is hidden is not there for whom it is hidden from
            }
        }

        return keys;
    }

    private EventData ToTombstone(EntityKey key) => ServerEvents.Deletion(key, ServerEvents.DeletionStream, "api", ids.Next(), time.GetUtcNow());
}
