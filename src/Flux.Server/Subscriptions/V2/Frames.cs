using System.Buffers;
using Flux.Core.Entities;
using Flux.Core.Json;
using Flux.Core.Log;
using Flux.Core.Subscriptions;

namespace Flux.Server.Subscriptions.V2;

/// <summary>Writes the frames that are no changes. What they mean is in docs/protocol.md.</summary>
internal static class Frames
{
    /// <summary>The subscription is accepted, and begins behind this.</summary>
    public static byte[] Subscribed(FrameVariant variant, Cursor cursor) => At(variant, "subscribed"u8, cursor);

    /// <summary>The subscription is accepted; a snapshot follows.</summary>
    public static byte[] Subscribed(FrameVariant variant, Position position) => At(variant, "subscribed"u8, position);

    /// <summary>Everything up to here was sent, and what follows is live.</summary>
    public static byte[] CaughtUp(FrameVariant variant, Cursor cursor) => At(variant, "caught_up"u8, cursor);

    /// <summary>Everything up to here was sent.</summary>
    public static byte[] Progress(FrameVariant variant, Cursor cursor) => At(variant, "progress"u8, cursor);

    /// <summary>A snapshot is under way.</summary>
    public static byte[] Progress(FrameVariant variant, Position position) => At(variant, "progress"u8, position);

    /// <summary>A stretch of the log is done, and some of its changes became one.</summary>
    public static void WriteSkipped(IBufferWriter<byte> output, FrameVariant variant, Position from, Cursor to, long count)
    {
        var body = new ArrayBufferWriter<byte>(160);
        WriteNumber(body, ",\"from\":"u8, from.Value);
        WriteNumber(body, ",\"to\":"u8, to.Position.Value);
        WriteNumber(body, ",\"count\":"u8, count);
        Write(output, variant, "skipped"u8, body, to);
    }

    /// <summary>A row of a snapshot.</summary>
    public static void WriteEntity(IBufferWriter<byte> output, FrameVariant variant, ListedEntity entity)
    {
        var body = new ArrayBufferWriter<byte>(entity.Properties.Length + entity.Id.Length + 128);
        body.Write(",\"entity_id\":"u8);
        JsonWrite.String(body, entity.Id);
        body.Write(",\"properties\":"u8);
        body.Write(entity.Properties);
        WriteNumber(body, ",\"version\":"u8, entity.Version);
        body.Write(",\"last_updated\":"u8);
        JsonWrite.Time(body, entity.LastUpdated, "Z"u8);
        body.Write("}"u8);
        variant.Write(output, "entity"u8, body.WrittenSpan, cursor: []);
    }

    /// <summary>The cursor is of another log, or lies beyond its head: nothing was subscribed.</summary>
    /// <param name="variant">For whom.</param>
    /// <param name="head">The head.</param>
    /// <param name="refused">The message to a replay that was refused for it, and the replay goes on; null when nothing runs.</param>
    public static byte[] CursorUnknown(FrameVariant variant, Cursor head, string? refused = null)
    {
        var body = new ArrayBufferWriter<byte>(160);
        WriteRefused(body, refused);
        WriteNumber(body, ",\"first\":"u8, Position.Start.Next.Value);
        var output = new ArrayBufferWriter<byte>(256);
        Write(output, variant, "cursor_unknown"u8, body, head);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Nothing follows.</summary>
    public static byte[] Unsubscribed(FrameVariant variant)
    {
        var output = new ArrayBufferWriter<byte>(128);
        variant.Write(output, "unsubscribed"u8, "}"u8, cursor: []);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>A running subscription has ended.</summary>
    public static byte[] Ended(FrameVariant variant, string code, string message, Cursor? cursor)
    {
        var body = new ArrayBufferWriter<byte>(256);
        WriteError(body, code, message);
        var output = new ArrayBufferWriter<byte>(384);
        if (cursor is { } at)
        {
            Write(output, variant, "error"u8, body, at);
        }
        else
        {
            body.Write("}"u8);
            variant.Write(output, "error"u8, body.WrittenSpan, cursor: []);
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>An answer to a message of a WebSocket.</summary>
    /// <param name="type">The frame's type.</param>
    /// <param name="sub">The subscription that it is about; null for none.</param>
    /// <param name="members">Writes the other members, each with a comma before it; null for none.</param>
    public static byte[] Answer(ReadOnlySpan<byte> type, string? sub, Action<IBufferWriter<byte>>? members = null)
    {
        var text = new ArrayBufferWriter<byte>(256);
        text.Write("{\"type\":\""u8);
        text.Write(type);
        text.Write("\""u8);
        if (sub is not null)
        {
            text.Write(",\"sub\":"u8);
            JsonWrite.String(text, sub);
        }

        members?.Invoke(text);
        text.Write("}"u8);
        var output = new ArrayBufferWriter<byte>(text.WrittenCount + 10);
        FrameVariant.StartFrame(output, text.WrittenCount);
        output.Write(text.WrittenSpan);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Writes the members of an error.</summary>
    public static void WriteError(IBufferWriter<byte> output, string code, string message)
    {
        output.Write(",\"code\":"u8);
        JsonWrite.String(output, code);
        output.Write(",\"error\":"u8);
        JsonWrite.String(output, message);
    }

    /// <summary>Writes which message to a replay was refused.</summary>
    public static void WriteRefused(IBufferWriter<byte> output, string? type)
    {
        if (type is not null)
        {
            output.Write(",\"refused\":"u8);
            JsonWrite.String(output, type);
        }
    }

    /// <summary>Writes a member that is a number.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="name">Its name with the comma and quotes before and the colon behind it.</param>
    /// <param name="value">Its value.</param>
    public static void WriteNumber(IBufferWriter<byte> output, ReadOnlySpan<byte> name, long value)
    {
        output.Write(name);
        JsonWrite.Number(output, value);
    }

    /// <summary>Writes a frame that says how far something is.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="variant">For whom.</param>
    /// <param name="type">The frame's type.</param>
    /// <param name="body">The members before position and cursor, which are added to them.</param>
    /// <param name="cursor">How far.</param>
    public static void Write(IBufferWriter<byte> output, FrameVariant variant, ReadOnlySpan<byte> type, ArrayBufferWriter<byte> body, Cursor cursor)
    {
        Span<byte> text = stackalloc byte[Cursor.TextLength];
        cursor.Write(text);
        WriteNumber(body, ",\"position\":"u8, cursor.Position.Value);
        body.Write(",\"cursor\":\""u8);
        body.Write(text);
        body.Write("\"}"u8);
        variant.Write(output, type, body.WrittenSpan, text);
    }

    private static byte[] At(FrameVariant variant, ReadOnlySpan<byte> type, Cursor cursor)
    {
        var output = new ArrayBufferWriter<byte>(192);
        Write(output, variant, type, new ArrayBufferWriter<byte>(96), cursor);
        return output.WrittenSpan.ToArray();
    }

    private static byte[] At(FrameVariant variant, ReadOnlySpan<byte> type, Position position)
    {
        var body = new ArrayBufferWriter<byte>(32);
        WriteNumber(body, ",\"position\":"u8, position.Value);
        body.Write("}"u8);
        var output = new ArrayBufferWriter<byte>(96);
        variant.Write(output, type, body.WrittenSpan, cursor: []);
        return output.WrittenSpan.ToArray();
    }
}
