using System.Buffers;
using Flux.Core.Entities;
using Flux.Core.Json;
using Flux.Core.Log;
using Flux.Server.Hosting;

namespace Flux.Server.Entities;

/// <summary>An entity as reads, lists and refusals show it. Source: wire-contract section 7; what becomes due is our addition.</summary>
internal static class EntityJson
{
    /// <summary>Writes an entity as one object, as a list shows it.</summary>
    public static void Write(ArrayBufferWriter<byte> json, string id, EntitySnapshot entity) => Write(json, id, entity, position: null, sources: null);

    /// <summary>Writes an entity as one object.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="id">The entity's id.</param>
    /// <param name="entity">The entity.</param>
    /// <param name="position">The earlier position that it is shown at; null for now.</param>
    /// <param name="sources">The event that set each property; null when nobody asked.</param>
    public static void Write(
        ArrayBufferWriter<byte> json, string id, EntitySnapshot entity, Position? position, SortedDictionary<string, RecordedEvent>? sources)
    {
        JsonAnswer.Write(json, "{\"id\":"u8);
        JsonWrite.String(json, id);
        JsonAnswer.Write(json, ","u8);
        WriteMembers(json, entity);
        if (position is { } at)
        {
            JsonAnswer.Write(json, ",\"position\":"u8);
            JsonWrite.Number(json, at.Value);
        }

        if (sources is not null)
        {
            Provenance.Write(json, sources);
        }

        JsonAnswer.Write(json, "}"u8);
    }

    /// <summary>Writes the members of an entity without its id and the braces.</summary>
    public static void WriteMembers(ArrayBufferWriter<byte> json, EntitySnapshot entity)
    {
        JsonAnswer.Write(json, "\"properties\":"u8);
        JsonAnswer.Write(json, entity.Properties);
        JsonAnswer.Write(json, ",\"lastUpdated\":"u8);
        JsonWrite.Time(json, entity.LastUpdated, "+00:00"u8);
        JsonAnswer.Write(json, ",\"version\":"u8);
        JsonWrite.Number(json, entity.Version);
        if (entity.Expiry is { } expiry)
        {
            WriteExpiry(json, expiry);
        }
    }

    private static void WriteExpiry(ArrayBufferWriter<byte> json, Expiry expiry)
    {
        if (expiry.Entity is { } at)
        {
            JsonAnswer.Write(json, ",\"expiresAt\":"u8);
            JsonWrite.Time(json, at, "+00:00"u8);
        }

        for (var i = 0; i < expiry.Properties.Length; i++)
        {
            JsonAnswer.Write(json, i == 0 ? ",\"propertiesExpireAt\":{"u8 : ","u8);
            JsonWrite.String(json, expiry.Properties[i].Name);
            JsonAnswer.Write(json, ":"u8);
            JsonWrite.Time(json, expiry.Properties[i].At, "+00:00"u8);
        }

        JsonAnswer.Write(json, expiry.Properties.Length > 0 ? "}"u8 : default);
    }
}
