using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;

namespace Flux.EventLog.Export;

/// <summary>An event as a line: every field that its hash covers, and its place. The only code that knows how the one becomes the other.</summary>
internal static class EventLine
{
    public const string Type = "event";

    public static void Write(LineWriter line, RecordedEvent row, ReadOnlySpan<byte> previous)
    {
        var data = row.Data;
        line.Begin(Type)
            .Number("position", row.Position.Value)
            .Number("recorded_at", row.RecordedAt.Microseconds)
            .Text("namespace", data.Entity?.Namespace ?? string.Empty)
            .Text("entity", data.Entity?.Id)
            .Number("version", row.Version)
            .Text("event_id", data.EventId)
            .Flag("event_id_given", data.EventIdIsGiven)
            .Text("stream", data.Stream)
            .Text("source", data.Source)
            .Text("key", data.Key)
            .Text("schema", data.Schema)
            .Number("timestamp", data.Timestamp)
            .Flag("timestamp_given", data.TimestampIsGiven)
            .Bytes("payload", data.Payload.Json.Span);
        if (row.Before is not null)
        {
            line.Bytes("before", row.Before);
        }

        line.Number("cause", row.Cause?.Value);
        if (row.Expiry?.ToJson() is { } expiry)
        {
            line.Bytes("expiry", expiry);
        }

        line.Hash("previous", previous).Hash("hash", row.Hash).End();
    }

    /// <summary>Reads a line.</summary>
    /// <returns>The event, and the hash of its entity's event before. Nothing but the form was checked.</returns>
    /// <exception cref="FormatException">It is no such line.</exception>
    public static (RecordedEvent Event, byte[] Previous) Read(LineReader line)
    {
        var data = new EventData
        {
            EventId = line.Text("event_id"),
            EventIdIsGiven = line.Flag("event_id_given"),
            Stream = line.Text("stream"),
            Source = line.Text("source"),
            Key = line.TextOrNull("key"),
            Schema = line.TextOrNull("schema"),
            Timestamp = line.Number("timestamp"),
            TimestampIsGiven = line.Flag("timestamp_given"),
            Payload = new EventPayload(line.BytesOrNull("payload") ?? throw new FormatException("payload is missing")),
        };
        var row = new RecordedEvent
        {
            Position = new Position(line.Number("position")),
            RecordedAt = new Timestamp(line.Number("recorded_at")),
            Version = line.Number("version"),
            Data = data,
            Before = line.BytesOrNull("before"),
            Cause = line.NumberOrNull("cause") is { } cause ? new Position(cause) : null,
            Expiry = line.BytesOrNull("expiry") is { } expiry ? Expiry.Read(expiry) : null,
            Hash = line.Hash("hash"),
        };
        var (ns, entity, previous) = (line.Text("namespace"), line.TextOrNull("entity"), line.Hash("previous"));
        line.End();
        return string.Equals(entity, data.Entity?.Id, StringComparison.Ordinal)
            && string.Equals(ns, data.Entity?.Namespace ?? string.Empty, StringComparison.Ordinal)
            ? (row, previous)
            : throw new FormatException("entity and namespace are not those of the payload");
    }
}
