using System.Globalization;
using System.Text.RegularExpressions;

namespace Flux.Server.Hosting;

/// <summary>Reads dates and times of RFC 3339.</summary>
internal static partial class Rfc3339
{
    // The platform keeps 7 digits of the fraction; more are legal, and cut off.
    [GeneratedRegex(@"\A([0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2})(?:(\.[0-9]{1,7})[0-9]*)?([Zz]|[+\- ][0-9]{2}:[0-9]{2})\z")]
    private static partial Regex Form { get; }

    /// <summary>Reads a text with a date, a time and an offset.</summary>
    /// <param name="text">The text. A blank stands for the plus that a query turns into one.</param>
    /// <param name="time">The moment.</param>
    /// <returns>False when it is not of that form, or no such moment exists.</returns>
    public static bool TryParse(string text, out DateTimeOffset time)
    {
        time = default;
        var match = Form.Match(text);
        if (!match.Success)
        {
            return false;
        }

        var zone = match.Groups[3].Value is "Z" or "z" ? "+00:00" : match.Groups[3].Value.Replace(' ', '+');
        var exact = string.Concat(match.Groups[1].ValueSpan, match.Groups[2].ValueSpan, zone).Replace('t', 'T');
        return DateTimeOffset.TryParseExact(
            exact, "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
    }
}
