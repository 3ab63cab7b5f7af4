using System.Buffers;
using System.Buffers.Binary;
using Flux.Core.Json;

namespace Flux.Server.Subscriptions.V2;

/// <summary>How frames look to a subscription: WebSocket frames that name it, or server-sent events. Subscriptions of one variant share their bytes.</summary>
/// <remarks>A server's WebSocket frames carry no mask, so the same bytes serve every socket. Clients mostly give the same few names.</remarks>
internal sealed class FrameVariant : IEquatable<FrameVariant>
{
    /// <summary>Server-sent events: one subscription, without a name.</summary>
    public static readonly FrameVariant ServerSentEvents = new(name: null);

    private readonly byte[] _sub; // ,"sub":"…" and the mark of a replay

    /// <summary>Initializes a new instance of the <see cref="FrameVariant"/> class.</summary>
    /// <param name="name">The subscription's name on its WebSocket; null for server-sent events.</param>
    /// <param name="isReplay">Whether they are marked as those of a replay.</param>
    public FrameVariant(string? name, bool isReplay = false)
    {
        Name = name;
        IsReplay = isReplay;
        if (name is null)
        {
            _sub = [];
            return;
        }

        var sub = new ArrayBufferWriter<byte>(name.Length + 16);
        sub.Write(",\"sub\":"u8);
        JsonWrite.String(sub, name);
        sub.Write(isReplay ? ",\"replay\":true"u8 : []);
        _sub = sub.WrittenSpan.ToArray();
    }

    /// <summary>Gets the subscription's name; null for server-sent events.</summary>
    public string? Name { get; }

    /// <summary>Gets a value indicating whether they are marked as those of a replay.</summary>
    public bool IsReplay { get; }

    /// <summary>Writes a frame.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="type">The frame's type.</param>
    /// <param name="body">The members behind type and name, each with a comma before it, and the closing brace.</param>
    /// <param name="cursor">The cursor that is among them; empty when none is.</param>
    public void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> type, ReadOnlySpan<byte> body, ReadOnlySpan<byte> cursor)
    {
        if (Name is null)
        {
            output.Write("event: "u8);
            output.Write(type);
            if (!cursor.IsEmpty)
            {
                output.Write("\nid: "u8);
                output.Write(cursor);
            }

            output.Write("\ndata: "u8);
            WriteText(output, type, body);
            output.Write("\n\n"u8);
        }
        else
        {
            StartFrame(output, "{\"type\":\""u8.Length + type.Length + "\""u8.Length + _sub.Length + body.Length);
            WriteText(output, type, body);
        }
    }

    /// <summary>Writes the head of a text message in one frame. Source: RFC 6455, section 5.2: its length takes 7, 16 or 64 bits.</summary>
    public static void StartFrame(IBufferWriter<byte> output, int length)
    {
        var span = output.GetSpan(10);
        span[0] = 0x81;
        if (length < 126)
        {
            span[1] = (byte)length;
            output.Advance(2);
        }
        else if (length <= ushort.MaxValue)
        {
            span[1] = 126;
            BinaryPrimitives.WriteUInt16BigEndian(span[2..], (ushort)length);
            output.Advance(4);
        }
        else
        {
            span[1] = 127;
            BinaryPrimitives.WriteUInt64BigEndian(span[2..], (ulong)length);
            output.Advance(10);
        }
    }

    /// <inheritdoc/>
    public bool Equals(FrameVariant? other) => other is not null && IsReplay == other.IsReplay && string.Equals(Name, other.Name, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as FrameVariant);

    /// <inheritdoc/>
    public override int GetHashCode() => Name is null ? 0 : string.GetHashCode(Name, StringComparison.Ordinal);

    private void WriteText(IBufferWriter<byte> output, ReadOnlySpan<byte> type, ReadOnlySpan<byte> body)
    {
        output.Write("{\"type\":\""u8);
        output.Write(type);
        output.Write("\""u8);
        output.Write(_sub);
        output.Write(body);
    }
}
