using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using Flux.Core.Log;

namespace Flux.Core.Series;

/// <summary>One event in the past of a property.</summary>
/// <param name="Version">The version of the event.</param>
/// <param name="RecordedAt">The time of its commit.</param>
/// <param name="Kind">What the property was from then on.</param>
/// <param name="Number">The number, as the nearest double; 0 when it is none.</param>
/// <param name="Json">The JSON of another value; empty when that is longer than <see cref="MaxJson"/>, and for numbers and gaps.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SeriesPoint(
    long Version, Timestamp RecordedAt, SeriesPointKind Kind, double Number, ReadOnlyMemory<byte> Json)
{
    /// <summary>The longest JSON that a point keeps of a value that is no number, in bytes. A name fits, a document does not.</summary>
    public const int MaxJson = 128;

    /// <summary>Makes the point of an event that sets the property.</summary>
    /// <param name="version">The version of the event.</param>
    /// <param name="recordedAt">The time of its commit.</param>
    /// <param name="json">The value: JSON in UTF-8 that was checked when it came in.</param>
    /// <returns>The point.</returns>
    public static SeriesPoint Of(long version, Timestamp recordedAt, ReadOnlyMemory<byte> json)
    {
        var text = json.Span;
        return text[0] switch
        {
            (byte)'-' or (>= (byte)'0' and <= (byte)'9') => new(version, recordedAt, SeriesPointKind.Number, ReadNumber(text), default),
            (byte)'n' => new(version, recordedAt, SeriesPointKind.Gap, 0, default),
            _ => new(version, recordedAt, SeriesPointKind.Other, 0, text.Length <= MaxJson ? json : default),
        };
    }

    /// <summary>Says whether a value, once it is set, is a gap.</summary>
    /// <param name="json">The value: JSON in UTF-8 that was checked when it came in.</param>
    /// <returns>True for <c>null</c>.</returns>
    public static bool IsGap(ReadOnlySpan<byte> json) => json[0] == (byte)'n';

    private static double ReadNumber(ReadOnlySpan<byte> json) =>
        Utf8Parser.TryParse(json, out double number, out var read) && read == json.Length && double.IsFinite(number)
            ? number
            : double.Parse(json, NumberStyles.Float, CultureInfo.InvariantCulture); // an exponent of ten digits
}
