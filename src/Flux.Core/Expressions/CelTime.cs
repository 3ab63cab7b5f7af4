using System.Buffers;
using System.Globalization;
using System.Text;

namespace Flux.Core.Expressions;

/// <summary>Timestamps and durations: texts, arithmetic, parts of a date.</summary>
internal static class CelTime
{
    /// <summary>0001-01-01T00:00:00Z.</summary>
    public const long FirstSecond = -62_135_596_800;

    /// <summary>9999-12-31T23:59:59Z.</summary>
    public const long LastSecond = 253_402_300_799;

    // The longest zone has 32 characters; no duration that means anything has more than this.
    private const int MaxZone = 64;
    private const int MaxDurationText = 256;

    public const long NanosecondsPerSecond = 1_000_000_000;

    // A name becomes the name of a file: no dots and no slash in front, so that it stays in the folder of the zones.
    private static readonly SearchValues<char> OfZoneName =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+/");

    private static readonly SearchValues<char> OfNumber = SearchValues.Create("0123456789.");

    private static readonly (string Name, long Nanoseconds)[] Units =
    [
        ("ns", 1), ("us", 1_000), ("µs", 1_000), ("μs", 1_000), ("ms", 1_000_000), ("s", NanosecondsPerSecond),
        ("m", 60 * NanosecondsPerSecond), ("h", 3600 * NanosecondsPerSecond),
    ];

    public static CelValue From(Log.Timestamp time)
    {
        var (seconds, microseconds) = Math.DivRem(time.Microseconds, 1_000_000);
        return microseconds < 0
            ? CelValue.OfTimestamp(seconds - 1, (int)(microseconds + 1_000_000) * 1_000)
            : CelValue.OfTimestamp(seconds, (int)microseconds * 1_000);
    }

    public static CelValue FromUnixMilliseconds(long milliseconds)
    {
        var seconds = Math.DivRem(milliseconds, 1_000, out var rest);
        return rest < 0
            ? CelValue.OfTimestamp(seconds - 1, (int)(rest + 1_000) * 1_000_000)
            : CelValue.OfTimestamp(seconds, (int)rest * 1_000_000);
    }

    /// <summary>Adds a duration to a timestamp.</summary>
    public static CelValue Add(in CelValue timestamp, Int128 nanoseconds)
    {
        var total = ((Int128)timestamp.Seconds * NanosecondsPerSecond) + timestamp.Nanoseconds + nanoseconds;
        var (seconds, rest) = Int128.DivRem(total, NanosecondsPerSecond);
        if (rest < 0)
        {
            seconds -= 1;
            rest += NanosecondsPerSecond;
        }

        return seconds < FirstSecond || seconds > LastSecond
            ? CelValue.Of(CelError.TimestampRange)
            : CelValue.OfTimestamp((long)seconds, (int)rest);
    }

    /// <summary>The span from <paramref name="right"/> to <paramref name="left"/>.</summary>
    public static CelValue Between(in CelValue left, in CelValue right) =>
        ToDuration(((Int128)(left.Seconds - right.Seconds) * NanosecondsPerSecond) + (left.Nanoseconds - right.Nanoseconds));

    public static CelValue ToDuration(Int128 nanoseconds) =>
        nanoseconds < long.MinValue || nanoseconds > long.MaxValue
            ? CelValue.Of(CelError.DurationRange)
            : CelValue.OfDuration((long)nanoseconds);

    /// <summary>Reads RFC 3339: <c>2026-01-31T12:00:00.123456789+01:00</c>.</summary>
    public static CelValue ParseTimestamp(string text)
    {
        // The fraction is taken out first: the platform reads seven digits of it, and nine count here.
        var nanoseconds = 0;
        var rest = text;
        if (text.Length > 20 && text[19] == '.')
        {
            var end = 20;
            while (end < text.Length && char.IsAsciiDigit(text[end]))
            {
                end++;
            }

            if (end is 20 or > 29)
            {
                return CelValue.Of(CelError.InvalidFormat);
            }

            nanoseconds = int.Parse(text.AsSpan(20, end - 20), NumberStyles.None, CultureInfo.InvariantCulture) * (int)Math.Pow(10, 29 - end);
            rest = string.Concat(text.AsSpan(0, 19), text.AsSpan(end));
        }

        return DateTimeOffset.TryParseExact(
            rest,
            ["yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:sszzz"],
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var time)
            ? CelValue.OfTimestamp(time.ToUnixTimeSeconds(), nanoseconds)
            : CelValue.Of(CelError.InvalidFormat);
    }

    public static string ShowTimestamp(in CelValue timestamp)
    {
        var time = DateTimeOffset.FromUnixTimeSeconds(timestamp.Seconds).UtcDateTime;
        var text = time.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        return timestamp.Nanoseconds == 0 ? text + "Z" : $"{text}.{Fraction(timestamp.Nanoseconds)}Z";
    }

    /// <summary>Reads a duration: <c>1h30m</c>, <c>-1.5s</c>, <c>10ms</c>.</summary>
    public static CelValue ParseDuration(string text)
    {
        if (text.Length > MaxDurationText)
        {
            return CelValue.Of(CelError.InvalidFormat);
        }

        var at = text.StartsWith('-') || text.StartsWith('+') ? 1 : 0;
        if (string.Equals(text[at..], "0", StringComparison.Ordinal))
        {
            return CelValue.OfDuration(0);
        }

        var total = Int128.Zero;
        var isEmpty = true;
        while (at < text.Length)
        {
            var numberLength = text.AsSpan(at).IndexOfAnyExcept(OfNumber);
            if (numberLength <= 0 || numberLength > 32
                || !decimal.TryParse(text.AsSpan(at, numberLength), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return CelValue.Of(CelError.InvalidFormat);
            }

            at += numberLength;
            var unitLength = text.AsSpan(at).IndexOfAny(OfNumber);
            var unit = text.AsSpan(at, unitLength < 0 ? text.Length - at : unitLength).ToString();
            var nanoseconds = Array.Find(Units, u => string.Equals(u.Name, unit, StringComparison.Ordinal)).Nanoseconds;
            if (nanoseconds == 0)
            {
                return CelValue.Of(CelError.InvalidFormat);
            }

            if (number > 10_000_000_000_000_000_000m / nanoseconds)
            {
                return CelValue.Of(CelError.DurationRange);
            }

            total += (Int128)(number * nanoseconds);
            if (total > (Int128)long.MaxValue + 1)
            {
                return CelValue.Of(CelError.DurationRange);
            }

            at += unit.Length;
            isEmpty = false;
        }

        return isEmpty ? CelValue.Of(CelError.InvalidFormat) : ToDuration(text.StartsWith('-') ? -total : total);
    }

    public static string ShowDuration(long nanoseconds)
    {
        var (seconds, rest) = Math.DivRem(nanoseconds, NanosecondsPerSecond);
        var text = new StringBuilder();
        if (nanoseconds < 0)
        {
            text.Append('-');
        }

        text.Append(seconds < 0 ? -seconds : seconds);
        return rest == 0
            ? text.Append('s').ToString()
            : text.Append('.').Append(Fraction(Math.Abs(rest))).Append('s').ToString();
    }

    /// <summary>Says whether a zone is given by a name, which the platform looks up in a file of that name.</summary>
    public static bool IsZoneName(string zone) => zone.Length > 0 && char.IsAsciiLetter(zone[0]);

    /// <summary>The date and time on the clocks of a zone: an IANA name or an offset such as <c>+02:00</c>.</summary>
    /// <returns>False when there is no such zone.</returns>
    public static bool TryToLocal(in CelValue timestamp, string zone, out DateTime local)
    {
        var utc = DateTimeOffset.FromUnixTimeSeconds(timestamp.Seconds).UtcDateTime;
        local = utc;
        if (zone.Length is 0 or > MaxZone)
        {
            return false;
        }

        TimeSpan offset;
        if (zone[0] is '+' or '-' || char.IsAsciiDigit(zone[0]))
        {
            var sign = zone[0] == '-' ? -1 : 1;
            if (!TimeSpan.TryParseExact(zone.AsSpan().TrimStart("+-"), "hh\\:mm", CultureInfo.InvariantCulture, out offset))
            {
                return false;
            }

            offset *= sign;
        }
        else if (IsZoneName(zone) && !zone.AsSpan().ContainsAnyExcept(OfZoneName)
            && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found))
        {
            offset = found.GetUtcOffset(utc);
        }
        else
        {
            return false;
        }

        var ticks = utc.Ticks + offset.Ticks;
        if (ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks)
        {
            return false;
        }

        local = new DateTime(ticks, DateTimeKind.Unspecified);
        return true;
    }

    private static string Fraction(long nanoseconds) => nanoseconds.ToString("000000000", CultureInfo.InvariantCulture).TrimEnd('0');
}
