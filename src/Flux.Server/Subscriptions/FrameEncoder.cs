using System.Buffers;
using Flux.Core.Json;
using Flux.Core.Log;
using Flux.Server.Subscriptions.V2;

namespace Flux.Server.Subscriptions;

/// <summary>Writes changes as whole WebSocket text frames. A server's frames carry no mask, so the same bytes serve every socket. Not safe for several threads.</summary>
internal sealed class FrameEncoder
{
    private readonly ArrayBufferWriter<byte> _frames = new(4096);
    private readonly ArrayBufferWriter<byte> _head = new(256);
    private readonly ArrayBufferWriter<byte> _name = new(64);
    private readonly ArrayBufferWriter<byte> _tail = new(256);

    /// <summary>Gets the frames written since the last <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> Written => _frames.WrittenMemory;

    /// <summary>Gets the number of bytes written.</summary>
    public int Length => _frames.WrittenCount;

    /// <summary>Forgets the frames; the memory is used again.</summary>
    public void Clear() => _frames.ResetWrittenCount();

    /// <summary>Says about how many bytes the frames of an event have. Each property has its own, with both ids: they may be far more than the event.</summary>
    public long Measure(RecordedEvent recorded)
    {
        var payload = recorded.Data.Payload;
        WriteTail(recorded);
        WriteHead("{\"type\":\"state_update\",\"entity_id\":"u8, payload.EntityId!);
        return payload.Json.Length + ((long)payload.Change.Properties.Length * (_head.WrittenCount + _tail.WrittenCount));
    }

    /// <summary>Writes the frames of one applied event: one for each property that it sets, or one for the deletion.</summary>
    /// <param name="recorded">The event.</param>
    public void WriteChange(RecordedEvent recorded) => WriteChange(recorded, first: 0, most: int.MaxValue);

    /// <summary>Writes a part of the frames of one applied event.</summary>
    /// <param name="recorded">The event.</param>
    /// <param name="first">The property to begin with.</param>
    /// <param name="most">It ends behind the frame with which there are so many bytes.</param>
    /// <returns>The property to go on with; null at the end.</returns>
    public int? WriteChange(RecordedEvent recorded, int first, int most)
    {
        var payload = recorded.Data.Payload;
        WriteTail(recorded);
        if (payload.Change.IsDeletion)
        {
            WriteHead("{\"type\":\"entity_deleted\",\"entity_id\":"u8, payload.EntityId!);
            FrameVariant.StartFrame(_frames, _head.WrittenCount + _tail.WrittenCount);
            _frames.Write(_head.WrittenSpan);
            _frames.Write(_tail.WrittenSpan);
            return null;
        }

        WriteHead("{\"type\":\"state_update\",\"entity_id\":"u8, payload.EntityId!);
        _head.Write(",\"property\":"u8);
        var properties = payload.Change.Properties;
        for (var i = first; i < properties.Length; i++)
        {
            if (_frames.WrittenCount >= most)
            {
                return i;
            }

            var property = properties[i];
            _name.ResetWrittenCount();
            JsonWrite.String(_name, property.Name);
            _name.Write(",\"value\":"u8);
            FrameVariant.StartFrame(_frames, _head.WrittenCount + _name.WrittenCount + property.Value.Length + _tail.WrittenCount);
            _frames.Write(_head.WrittenSpan);
            _frames.Write(_name.WrittenSpan);
            _frames.Write(property.Value.Span);
            _frames.Write(_tail.WrittenSpan);
        }

        return null;
    }

    /// <summary>Writes one frame with this text.</summary>
    /// <param name="text">JSON in UTF-8.</param>
    public void WriteText(ReadOnlySpan<byte> text)
    {
        FrameVariant.StartFrame(_frames, text.Length);
        _frames.Write(text);
    }

    private void WriteHead(ReadOnlySpan<byte> start, string id)
    {
        _head.ResetWrittenCount();
        _head.Write(start);
        JsonWrite.String(_head, id);
    }

    private void WriteTail(RecordedEvent recorded)
    {
        _tail.ResetWrittenCount();
        _tail.Write(",\"timestamp\":"u8);
        JsonWrite.Time(_tail, recorded.RecordedAt, "Z"u8);
        _tail.Write(",\"event_id\":"u8);
        JsonWrite.String(_tail, recorded.Data.EventId);
        _tail.Write(",\"position\":"u8);
        JsonWrite.Number(_tail, recorded.Position.Value);
        _tail.Write(",\"version\":"u8);
        JsonWrite.Number(_tail, recorded.Version);
        _tail.Write("}"u8);
    }
}
