using System.Buffers;
using Flux.Core.Claims;
using Flux.Core.Events;
using Flux.Core.Json;
using Flux.Core.Log;
using Flux.Grains.Connections;
using Flux.Grains.Entities;
using Flux.Server.Events;
using Flux.Server.Hosting;
using Flux.Server.Limits;
using Flux.Server.Namespaces;

namespace Flux.Server.Claims;

/// <summary>POST /api/claims, /renew and /release, and GET /api/claims: leases with fencing tokens. A claim is an event, so it counts as one.</summary>
internal sealed class ClaimEndpoints(
    EntityGrains grains, AccessControl access, AdmissionControl limits, EventsUnderWay underWay, EventIds ids, HeadWatch headWatch, TimeProvider time)
{
    private const long MaxTtlSeconds = 7 * 24 * 60 * 60;

    public Task AcquireAsync(HttpContext context) =>
        RequestAsync(context, members => new ClaimRequest.Acquire(ReadKey(members), ReadOwner(members), ReadTtl(members)));

    public Task RenewAsync(HttpContext context) =>
        RequestAsync(context, members => new ClaimRequest.Renew(ReadKey(members), ReadToken(members), ReadTtl(members)));

    public Task ReleaseAsync(HttpContext context) =>
        RequestAsync(context, members => new ClaimRequest.Release(ReadKey(members), ReadToken(members)));

    public async Task GetAsync(HttpContext context)
    {
        var query = QueryParameters.Read(context.Request);
        if (query["entity_id"] is not { } id)
        {
            throw QueryParameters.Invalid("entity_id parameter is required");
        }

        await headWatch.ConfirmAsync(context.RequestAborted);
        var claims = EntityKey.TryParse(id, out var key) && await access.MayReadAsync(context.Request, key)
            ? await grains.Get(key).GetClaimsAsync()
            : []; // no entity can have this id, or it is hidden

        var json = JsonAnswer.Rent();
        JsonAnswer.Write(json, "["u8);
        for (var i = 0; i < claims.Count; i++)
        {
            JsonAnswer.Write(json, i == 0 ? "{"u8 : ",{"u8);
            if (claims[i].Key is { } part)
            {
                JsonAnswer.Write(json, "\"key\":"u8);
                JsonWrite.String(json, part);
                JsonAnswer.Write(json, ","u8);
            }

            WriteClaim(json, claims[i].Claim);
            JsonAnswer.Write(json, "}"u8);
        }

        JsonAnswer.Write(json, "]"u8);
        await JsonAnswer.SendAsync(context, StatusCodes.Status200OK, json);
    }

    private static string? ReadKey(JsonMembers members) => members.Text("key") switch
    {
        null => null,
        "" => throw JsonMembers.Invalid("key: must not be empty; leave it out to claim the entity as a whole"),
        var key when !StoredText.IsValid(EntityClaim.PropertyOf(key)) =>
            throw JsonMembers.Invalid("key: is too long, or holds the character U+0000"),
        var key => key,
    };

    private static string ReadOwner(JsonMembers members) => members.Text("owner") switch
    {
        null or "" => throw JsonMembers.Missing("owner is required: who claims it"),
        var owner when !StoredText.IsValid(owner) =>
            throw JsonMembers.Invalid($"owner: is longer than {StoredText.MaxBytes} bytes, or holds the character U+0000"),
        var owner => owner,
    };

    private static long ReadTtl(JsonMembers members) =>
        members.Number("ttl", 1, MaxTtlSeconds) ?? throw JsonMembers.Missing("ttl is required: for how many seconds");

    // Whoever has none, has not got the claim.
    private static long ReadToken(JsonMembers members) => members.Number("token", 1, long.MaxValue) ?? 0;

    private static void WriteClaim(ArrayBufferWriter<byte> json, EntityClaim claim)
    {
        JsonAnswer.Write(json, "\"owner\":"u8);
        JsonWrite.String(json, claim.Owner);
        JsonAnswer.Write(json, ",\"token\":"u8);
        JsonWrite.Number(json, claim.Token);
        JsonAnswer.Write(json, ",\"expires_at\":"u8);
        JsonWrite.Time(json, claim.ExpiresAt, "Z"u8);
    }

    private static Task AnswerAsync(HttpContext context, EntityKey entity, ClaimRequest request, ClaimOutcome outcome)
    {
        if (outcome.Result is null)
        {
            var holder = new ArrayBufferWriter<byte>(128);
            JsonAnswer.Write(holder, ",\"claim\":"u8);
            JsonAnswer.Write(holder, outcome.Claim is null ? "null"u8 : "{"u8);
            if (outcome.Claim is { } held)
            {
                WriteClaim(holder, held);
                JsonAnswer.Write(holder, "}"u8);
            }

            return Errors.WriteAsync(context, StatusCodes.Status409Conflict, ErrorCodes.ClaimConflict, WhyNot(request, outcome.Claim), holder.WrittenMemory);
        }

        if (outcome.Result is not AppendResult.Appended { Event: var recorded })
        {
            return AppendAnswers.WriteAsync(context, outcome.Result);
        }

        var json = JsonAnswer.Rent();
        JsonAnswer.Write(json, "{\"entity_id\":"u8);
        JsonWrite.String(json, entity.Id);
        if (request.Key is { } key)
        {
            JsonAnswer.Write(json, ",\"key\":"u8);
            JsonWrite.String(json, key);
        }

        if (outcome.Claim is { } claim)
        {
            JsonAnswer.Write(json, ","u8);
            WriteClaim(json, claim);
        }

        JsonAnswer.Write(json, ","u8);
        AppendAnswers.WriteAck(json, recorded, isDuplicate: false);
        JsonAnswer.Write(json, "}"u8);
        return JsonAnswer.SendAsync(context, StatusCodes.Status200OK, json);
    }

    private static string WhyNot(ClaimRequest request, EntityClaim? held) => (request, held) switch
    {
        (ClaimRequest.Acquire, { } other) => $"it is claimed by {Shown.Quote(other.Owner)}",
        (_, null) => "nobody has this claim: it has run out or was released",
        _ => "the claim is held with another token",
    };

    private async Task RequestAsync(HttpContext context, Func<JsonMembers, ClaimRequest> read)
    {
        var (entity, request) = await JsonBody.ReadAsync(context.Request, JsonBody.UsualLimit, time, body =>
        {
            var members = JsonMembers.Of(body);
            var id = members.Text("entity_id") ?? throw JsonMembers.Missing("entity_id is required");
            return EntityKey.TryParse(id, out var key)
                ? (key, read(members))
                : throw new RequestRefusedException(StatusCodes.Status400BadRequest, ErrorCodes.InvalidEntityId,
                    $"entity_id: is longer than {EntityKey.MaxBytes} bytes, or holds the character U+0000");
        });
        if (await access.WhyNotPublishAsync(context.Request, entity) is { } refusal)
        {
            throw refusal.ToException();
        }

        var counted = ServerEvents.Claim(entity, EntityClaim.PropertyOf(request.Key), claim: null, ids.Next(), time.GetUtcNow());
        using var place = underWay.Enter(1, counted.Payload.Json.Length);
        var admission = await limits.AdmitAsync(counted, context);
        if (admission.Refusal is { } excess)
        {
            throw limits.Refuse(excess, counted, context.Response);
        }

        try
        {
            await AnswerAsync(context, entity, request, await grains.Get(entity).ClaimAsync(request));
        }
        finally
        {
            admission.OnOutcome();
        }
    }
}
