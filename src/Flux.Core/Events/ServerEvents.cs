using System.Buffers;
using Flux.Core.Claims;
using Flux.Core.Json;

namespace Flux.Core.Events;

/// <summary>Events that Flux makes by itself. Each is in the log like any other.</summary>
public static class ServerEvents
{
    /// <summary>The stream of deletions that a client asked for. Source: wire-contract section 9.</summary>
    public const string DeletionStream = "flux.events.deletions";

    /// <summary>The stream of what became due.</summary>
    public const string ExpiryStream = "flux.events.expiry";

    /// <summary>The stream of claims.</summary>
    public const string ClaimStream = "flux.events.claims";

    /// <summary>Makes the deletion of an entity.</summary>
    /// <param name="entity">The entity.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="source">Who deletes it.</param>
    /// <param name="id">The event's id.</param>
    /// <param name="now">The time.</param>
    /// <returns>The event.</returns>
    public static EventData Deletion(EntityKey entity, string stream, string source, string id, DateTimeOffset now)
    {
        var payload = Begin(entity);
        payload.Write("\"__deleted__\":true,\"__deleted_at__\":"u8);
        JsonWrite.Number(payload, now.ToUnixTimeMilliseconds());
        return Complete(payload, entity, stream, source, id, now);
    }

    /// <summary>Makes the event that sets properties to null because they are due.</summary>
    /// <param name="entity">The entity.</param>
    /// <param name="properties">The properties, at least one.</param>
    /// <param name="id">The event's id.</param>
    /// <param name="now">The time.</param>
    /// <returns>The event.</returns>
    public static EventData Expiry(EntityKey entity, IEnumerable<string> properties, string id, DateTimeOffset now)
    {
        var payload = Begin(entity);
        var isFirst = true;
        foreach (var property in properties)
        {
            payload.Write(isFirst ? default : ","u8);
            isFirst = false;
            JsonWrite.String(payload, property);
            payload.Write(":null"u8);
        }

        return Complete(payload, entity, ExpiryStream, "flux", id, now);
    }

    /// <summary>Makes the event that sets a claim.</summary>
    /// <param name="entity">The entity.</param>
    /// <param name="property">The claim's property.</param>
    /// <param name="claim">The claim; null when it is let go.</param>
    /// <param name="id">The event's id.</param>
    /// <param name="now">The time.</param>
    /// <returns>The event.</returns>
    public static EventData Claim(EntityKey entity, string property, EntityClaim? claim, string id, DateTimeOffset now)
    {
        var payload = Begin(entity);
        JsonWrite.String(payload, property);
        payload.Write(":"u8);
        if (claim is null)
        {
            payload.Write("null"u8);
        }
        else
        {
            claim.WriteValue(payload);
        }

        return Complete(payload, entity, ClaimStream, "api", id, now);
    }

    private static ArrayBufferWriter<byte> Begin(EntityKey entity)
    {
        var payload = new ArrayBufferWriter<byte>(128);
        payload.Write("{\"entity_id\":"u8);
        JsonWrite.String(payload, entity.Id);
        payload.Write(",\"properties\":{"u8);
        return payload;
    }

    private static EventData Complete(ArrayBufferWriter<byte> payload, EntityKey entity, string stream, string source, string id, DateTimeOffset now)
    {
        payload.Write("}}"u8);
        return new EventData
        {
            EventId = id,
            EventIdIsGiven = false,
            Stream = stream,
            Source = source,
            Timestamp = now.ToUnixTimeMilliseconds(),
            TimestampIsGiven = true,
            Key = entity.Id,
            Payload = new EventPayload(payload.WrittenSpan.ToArray()),
        };
    }
}
