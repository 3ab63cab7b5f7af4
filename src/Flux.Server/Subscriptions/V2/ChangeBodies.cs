using System.Buffers;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Json;
using Flux.Core.Log;
using Flux.Core.Subscriptions;

namespace Flux.Server.Subscriptions.V2;

/// <summary>The frames of one change without what differs between subscriptions: each kind is written once, when somebody wants it. Not safe for several threads.</summary>
internal sealed class ChangeBodies(Guid epoch)
{
    private readonly ArrayBufferWriter<byte> _head = new(128);  // the entity
    private readonly ArrayBufferWriter<byte> _tail = new(256);  // the common members
    private readonly ArrayBufferWriter<byte> _set = new(1024);
    private readonly ArrayBufferWriter<byte> _bare = new(512);
    private readonly ArrayBufferWriter<byte> _whole = new(1024);
    private readonly byte[] _cursor = new byte[Cursor.TextLength];
    private PropertyMap? _properties;
    private bool _hasCursor;

    /// <summary>Gets the change.</summary>
    public RecordedEvent? Recorded { get; private set; }

    /// <summary>Gets the cursor behind the change, as text; empty when its frames have none.</summary>
    public ReadOnlySpan<byte> CursorText => _hasCursor ? _cursor : [];

    /// <summary>Begins with a change.</summary>
    /// <param name="recorded">The change.</param>
    /// <param name="properties">All properties after it; null when nobody will ask for them.</param>
    /// <param name="hasCursor">Whether its frames carry a cursor.</param>
    public void Start(RecordedEvent recorded, PropertyMap? properties, bool hasCursor)
    {
        (Recorded, _properties, _hasCursor) = (recorded, properties, hasCursor);
        _head.ResetWrittenCount();
        _set.ResetWrittenCount();
        _bare.ResetWrittenCount();
        _whole.ResetWrittenCount();
    }

    /// <summary>Writes the frame of the change.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="variant">For whom.</param>
    /// <param name="kind">What it is to them.</param>
    public void Write(IBufferWriter<byte> output, FrameVariant variant, ChangeKind kind)
    {
        Prepare();
        switch (kind)
        {
            case ChangeKind.Change:
                variant.Write(output, "change"u8, Set(), CursorText);
                break;
            case ChangeKind.Deleted:
                variant.Write(output, "entity_deleted"u8, Bare(), CursorText);
                break;
            case ChangeKind.Enter:
                variant.Write(output, "enter"u8, Whole(), CursorText);
                break;
            case ChangeKind.Leave:
                variant.Write(output, "leave"u8, Bare(), CursorText);
                break;
            case ChangeKind.Quarantined:
                variant.Write(output, "quarantined"u8, Damaged(), CursorText);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, message: null);
        }
    }

    /// <summary>Writes properties as one JSON object.</summary>
    public static void WriteProperties(IBufferWriter<byte> output, ReadOnlySpan<PropertyChange> properties)
    {
        output.Write("{"u8);
        for (var i = 0; i < properties.Length; i++)
        {
            if (i > 0)
            {
                output.Write(","u8);
            }

            JsonWrite.String(output, properties[i].Name);
            output.Write(":"u8);
            output.Write(properties[i].Value.Span);
        }

        output.Write("}"u8);
    }

    /// <summary>Writes the members that all changes have, the cursor left out.</summary>
    public static void WriteCommon(IBufferWriter<byte> output, RecordedEvent recorded)
    {
        output.Write(",\"timestamp\":"u8);
        JsonWrite.Time(output, recorded.RecordedAt, "Z"u8);
        output.Write(",\"event_id\":"u8);
        JsonWrite.String(output, recorded.Data.EventId);
        output.Write(",\"version\":"u8);
        JsonWrite.Number(output, recorded.Version);
        output.Write(",\"position\":"u8);
        JsonWrite.Number(output, recorded.Position.Value);
    }

    private void Prepare()
    {
        if (_head.WrittenCount > 0)
        {
            return;
        }

        var recorded = Recorded!;
        _head.Write(",\"entity_id\":"u8);
        JsonWrite.String(_head, recorded.Data.Payload.EntityId!);
        _tail.ResetWrittenCount();
        WriteCommon(_tail, recorded);
        if (_hasCursor)
        {
            Cursor.Behind(epoch, recorded).Write(_cursor);
            _tail.Write(",\"cursor\":\""u8);
            _tail.Write(_cursor);
            _tail.Write("\""u8);
        }

        _tail.Write("}"u8);
    }

    private ReadOnlySpan<byte> Set()
    {
        if (_set.WrittenCount == 0)
        {
            _set.Write(_head.WrittenSpan);
            _set.Write(",\"properties\":"u8);
            WriteProperties(_set, Recorded!.Data.Payload.Change.Properties);
            _set.Write(_tail.WrittenSpan);
        }

        return _set.WrittenSpan;
    }

    private ReadOnlySpan<byte> Bare()
    {
        if (_bare.WrittenCount == 0)
        {
            _bare.Write(_head.WrittenSpan);
            _bare.Write(_tail.WrittenSpan);
        }

        return _bare.WrittenSpan;
    }

    // So rare that nothing is kept.
    private byte[] Damaged()
    {
        var body = new ArrayBufferWriter<byte>(512);
        body.Write(_head.WrittenSpan);
        Frames.WriteError(body, Hosting.ErrorCodes.Quarantined, $"the event at position {Recorded!.Position} {Recorded.Damage}");
        body.Write(_tail.WrittenSpan);
        return body.WrittenSpan.ToArray();
    }

    private ReadOnlySpan<byte> Whole()
    {
        if (_whole.WrittenCount == 0)
        {
            _whole.Write(_head.WrittenSpan);
            _whole.Write(",\"properties\":"u8);
            _properties!.WriteTo(_whole);
            _whole.Write(_tail.WrittenSpan);
        }

        return _whole.WrittenSpan;
    }
}
