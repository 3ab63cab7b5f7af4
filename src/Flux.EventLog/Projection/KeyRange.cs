using System.Text;

namespace Flux.EventLog.Projection;

/// <summary>The ids that a list wants, as a range of keys in the order of their UTF-8 bytes.</summary>
/// <param name="Prefix">What the keys start with.</param>
/// <param name="Start">The first key.</param>
/// <param name="End">The key after the last; null for no bound.</param>
internal sealed record KeyRange(string Prefix, byte[] Start, byte[]? End)
{
    /// <summary>Gets a text after the last key that starts with the prefix, in the order of code points, which is that of the bytes; null for no bound.</summary>
    public string? EndText
    {
        get
        {
            var runes = Prefix.EnumerateRunes().ToList();
            while (runes.Count > 0)
            {
                var last = runes[^1].Value;
                runes.RemoveAt(runes.Count - 1);
                if (last < 0x10FFFF)
                {
                    runes.Add(new Rune(last == 0xD7FF ? 0xE000 : last + 1)); // between them are the surrogates, which no text holds
                    return string.Concat(runes);
                }
            }

            return null;
        }
    }

    /// <summary>Makes the range.</summary>
    /// <returns>Null when no id can be in it.</returns>
    public static KeyRange? Of(string? ns, string prefix)
    {
        if (ns is null)
        {
            return Starting(prefix);
        }

        // An id without a slash is in no namespace, so none is in the one with the empty name either.
        var home = ns + '/';
        return prefix.StartsWith(home, StringComparison.Ordinal) ? Starting(prefix)
            : home.StartsWith(prefix, StringComparison.Ordinal) ? Starting(home)
            : null;
    }

    private static KeyRange Starting(string prefix)
    {
        var start = Encoding.UTF8.GetBytes(prefix);
        var end = start.Length == 0 ? null : start.ToArray();
        if (end is not null)
        {
            end[^1]++; // no byte of UTF-8 is 0xFF
        }

        return new KeyRange(prefix, start, end);
    }
}
