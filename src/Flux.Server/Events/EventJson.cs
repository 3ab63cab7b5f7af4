using System.Buffers;
using Flux.Core.Json;
using Flux.Core.Log;
using Flux.Server.Hosting;

namespace Flux.Server.Events;

/// <summary>A recorded event as the history shows it. Source: wire-contract section 8; position, version, recordedAt and cause are our additions.</summary>
internal static class EventJson
{
    /// <summary>Writes an event as one object.</summary>
    public static void Write(ArrayBufferWriter<byte> json, RecordedEvent recorded)
    {
        var data = recorded.Data;
        JsonAnswer.Write(json, "{\"eventId\":"u8);
        JsonWrite.String(json, data.EventId);
        JsonAnswer.Write(json, ",\"stream\":"u8);
        JsonWrite.String(json, data.Stream);
        JsonAnswer.Write(json, ",\"source\":"u8);
        JsonWrite.String(json, data.Source);
        JsonAnswer.Write(json, ",\"timestamp\":"u8);
        JsonWrite.Number(json, data.Timestamp);
        if (data.Key is { } key)
        {
            JsonAnswer.Write(json, ",\"key\":"u8);
            JsonWrite.String(json, key);
        }

        if (data.Schema is { } schema)
        {
            JsonAnswer.Write(json, ",\"schema\":"u8);
            JsonWrite.String(json, schema);
        }

        JsonAnswer.Write(json, ",\"payload\":"u8);
        JsonAnswer.Write(json, CompactJson.Of(data.Payload.Json).Span);
        JsonAnswer.Write(json, ",\"position\":"u8);
        JsonWrite.Number(json, recorded.Position.Value);
        JsonAnswer.Write(json, ",\"version\":"u8);
        JsonWrite.Number(json, recorded.Version);
        JsonAnswer.Write(json, ",\"recordedAt\":"u8);
        JsonWrite.Time(json, recorded.RecordedAt, "+00:00"u8);
        if (recorded.Cause is { } cause)
        {
            JsonAnswer.Write(json, ",\"cause\":"u8);
            JsonWrite.Number(json, cause.Value);
        }

        if (recorded.Damage is { } damage)
        {
            JsonAnswer.Write(json, ",\"damaged\":"u8);
            JsonWrite.String(json, damage);
        }

        JsonAnswer.Write(json, "}"u8);
    }
}
