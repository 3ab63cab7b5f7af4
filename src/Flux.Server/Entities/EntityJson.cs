using System.Buffers;
using Flux.Core.Entities;
using Flux.Core.Json;
using Flux.Server.Hosting;

namespace Flux.Server.Entities;

/// <summary>An entity as reads, lists and refusals show it. Source: wire-contract section 7; what becomes due is our addition.</summary>
internal static class EntityJson
{
    /// <summary>Writes an entity as one object.</summary>
    public static void Write(ArrayBufferWriter<byte> json, string id, EntitySnapshot entity)
    {
        JsonAnswer.Write(json, "{\"id\":"u8);
        JsonWrite.String(json, id);
        JsonAnswer.Write(json, ","u8);
        WriteMembers(json, entity);
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
