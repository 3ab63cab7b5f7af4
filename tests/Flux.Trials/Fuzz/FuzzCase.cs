using System.Text;

namespace Flux.Trials.Fuzz;

/// <summary>One thing that is sent to the server.</summary>
internal abstract record FuzzCase
{
    /// <summary>Sends it.</summary>
    /// <param name="port">The server's.</param>
    /// <param name="tally">Takes note of what it was answered.</param>
    /// <returns>What is wrong with the answer; null when nothing is.</returns>
    public abstract Task<string?> TryAsync(int port, Tally tally);

    /// <summary>The same with less in it, the boldest cuts first.</summary>
    public abstract IEnumerable<FuzzCase> Smaller();

    /// <summary>Bytes as a person reads them, and exactly.</summary>
    protected static string Shown(ReadOnlySpan<byte> bytes)
    {
        var shown = new StringBuilder();
        foreach (var one in bytes.Length > 2_000 ? bytes[..2_000] : bytes)
        {
            shown.Append(one switch
            {
                (byte)'\\' => "\\\\",
                >= 0x20 and < 0x7F => $"{(char)one}",
                (byte)'\r' => "\\r",
                (byte)'\n' => "\\n",
                _ => $"\\x{one:x2}",
            });
        }

        return bytes.Length > 2_000 ? $"{shown}… ({bytes.Length} bytes)" : $"{shown}";
    }

    /// <summary>All ways to leave out a stretch of a list, by halves, quarters and so on down to single items.</summary>
    protected static IEnumerable<T[]> Without<T>(T[] items)
    {
        for (var length = items.Length / 2; length > 0; length /= 2)
        {
            for (var at = 0; at + length <= items.Length; at += length)
            {
                yield return [.. items[..at], .. items[(at + length)..]];
            }
        }
    }
}
