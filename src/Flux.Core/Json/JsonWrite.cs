using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Flux.Core.Log;

namespace Flux.Core.Json;

/// <summary>Writes the few JSON pieces that the hot path needs, straight into bytes.</summary>
/// <remarks>Nothing is escaped that JSON does not demand: text tools of existing clients see the difference (wire-contract section 1).</remarks>
public static class JsonWrite
{
    private static readonly SearchValues<char> Escaped = SearchValues.Create(
        "\"\\\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u0009\u000a\u000b\u000c\u000d\u000e\u000f"
        + "\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f");

    /// <summary>Writes a JSON string with its quotes.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="text">Valid Unicode.</param>
    public static void String(IBufferWriter<byte> output, ReadOnlySpan<char> text)
    {
        var span = output.GetSpan((text.Length * 3) + 2);
        span[0] = (byte)'"';
        var at = 1;
        int next;
        while ((next = text.IndexOfAny(Escaped)) >= 0)
        {
            at += Encoding.UTF8.GetBytes(text[..next], span[at..]);
            output.Advance(at);
            Escape(output, text[next]);
            text = text[(next + 1)..];
            span = output.GetSpan((text.Length * 3) + 1);
            at = 0;
        }

        at += Encoding.UTF8.GetBytes(text, span[at..]);
        span[at] = (byte)'"';
        output.Advance(at + 1);
    }

    /// <summary>Writes a whole number.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="number">The number.</param>
    public static void Number(IBufferWriter<byte> output, long number)
    {
        Utf8Formatter.TryFormat(number, output.GetSpan(20), out var written);
        output.Advance(written);
    }

    /// <summary>Writes a number in the shortest form that reads back as the same double.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="number">The number; finite.</param>
    public static void Number(IBufferWriter<byte> output, double number)
    {
        number.TryFormat(output.GetSpan(32), out var written, default, CultureInfo.InvariantCulture);
        output.Advance(written);
    }

    /// <summary>Writes a moment as RFC 3339 with its quotes: no fraction, or 3 or 6 digits of it, whichever is the shortest exact form.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="time">The moment.</param>
    /// <param name="zone">How UTC is spelled: <c>Z</c> on sockets, <c>+00:00</c> in REST answers.</param>
    public static void Time(IBufferWriter<byte> output, Timestamp time, ReadOnlySpan<byte> zone)
    {
        var fraction = time.Microseconds % 1_000_000;
        var format = fraction == 0 ? "yyyy-MM-ddTHH:mm:ss" : fraction % 1000 == 0 ? "yyyy-MM-ddTHH:mm:ss.fff" : "yyyy-MM-ddTHH:mm:ss.ffffff";
        var span = output.GetSpan(40);
        span[0] = (byte)'"';
        time.ToDateTimeOffset().TryFormat(span[1..], out var written, format, CultureInfo.InvariantCulture);
        zone.CopyTo(span[(1 + written)..]);
        written += 1 + zone.Length;
        span[written] = (byte)'"';
        output.Advance(written + 1);
    }

    private static void Escape(IBufferWriter<byte> output, char c)
    {
        var span = output.GetSpan(6);
        span[0] = (byte)'\\';
        var single = c switch
        {
            '"' => (byte)'"',
            '\\' => (byte)'\\',
            '\b' => (byte)'b',
            '\f' => (byte)'f',
            '\n' => (byte)'n',
            '\r' => (byte)'r',
            '\t' => (byte)'t',
            _ => (byte)0,
        };
        if (single != 0)
        {
            span[1] = single;
            output.Advance(2);
            return;
        }

        "u00"u8.CopyTo(span[1..]);
        span[4] = (byte)(c < 0x10 ? '0' : '1');
        span[5] = "0123456789abcdef"u8[c & 0xF];
        output.Advance(6);
    }
}
