using System.Text;

namespace Flux.EventLog.Projection;

/// <summary>The ids that a list wants, as a range of keys in the order of their UTF-8 bytes.</summary>
/// <param name="Start">The first key.</param>
/// <param name="End">The key after the last; null for no bound.</param>
internal sealed record KeyRange(byte[] Start, byte[]? End)
{
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

        return new KeyRange(start, end);
    }
}
