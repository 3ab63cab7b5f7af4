using System.Text;

namespace Flux.EventLog.Projection;

/// <summary>The ids that a list wants, as a range of keys in the order of their UTF-8 bytes.</summary>
/// <remarks>Ids in no namespace are no range: a list of them jumps over each namespace that it meets.</remarks>
internal sealed class KeyRange
{
    private readonly bool _skipsNamespaces;

    private KeyRange(byte[] start, byte[]? end, bool skipsNamespaces)
    {
        Start = start;
        End = end;
        _skipsNamespaces = skipsNamespaces;
    }

    /// <summary>Gets the first key.</summary>
    public byte[] Start { get; }

    /// <summary>Gets the key after the last; null for no bound.</summary>
    public byte[]? End { get; }

    /// <summary>Makes the range.</summary>
    /// <returns>Null when no id can be in it.</returns>
    public static KeyRange? Of(string? ns, string prefix)
    {
        if (string.IsNullOrEmpty(ns))
        {
            return Starting(prefix, skipsNamespaces: ns is not null);
        }

        var home = ns + '/';
        return prefix.StartsWith(home, StringComparison.Ordinal) ? Starting(prefix, skipsNamespaces: false)
            : home.StartsWith(prefix, StringComparison.Ordinal) ? Starting(home, skipsNamespaces: false)
            : null;
    }

    /// <summary>Says where to go on when an id is in a namespace and none was wanted.</summary>
    public byte[]? SkipFrom(ReadOnlySpan<byte> id)
    {
        var slash = _skipsNamespaces ? id.IndexOf((byte)'/') : -1;
        return slash <= 0 ? null : [.. id[..slash], (byte)'/' + 1];
    }

    private static KeyRange Starting(string prefix, bool skipsNamespaces)
    {
        var start = Encoding.UTF8.GetBytes(prefix);
        var end = start.Length == 0 ? null : start.ToArray();
        if (end is not null)
        {
            end[^1]++; // no byte of UTF-8 is 0xFF
        }

        return new KeyRange(start, end, skipsNamespaces);
    }
}
