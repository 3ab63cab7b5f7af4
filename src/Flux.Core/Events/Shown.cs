using System.Text;

namespace Flux.Core.Events;

/// <summary>Makes input fit to be shown in a message.</summary>
public static class Shown
{
    // Source: bad-input G7.
    private const int MaxQuoted = 64;

    /// <summary>Quotes a text: cut to 64 characters, control characters replaced.</summary>
    /// <param name="text">What the client sent.</param>
    /// <returns>The text in single quotes.</returns>
    public static string Quote(ReadOnlySpan<char> text) => $"'{Cut(text)}'";

    /// <summary>Cuts a text to 64 characters and replaces control characters.</summary>
    /// <param name="text">What the client sent.</param>
    /// <param name="most">Another length, for a message that was made of several such texts.</param>
    /// <returns>The text.</returns>
    public static string Cut(ReadOnlySpan<char> text, int most = MaxQuoted)
    {
        var cut = text.Length > most;
        var shown = new StringBuilder(MaxQuoted);
        foreach (var c in cut ? text[..(most - 1)] : text)
        {
            shown.Append(char.IsControl(c) || char.IsSurrogate(c) ? '\uFFFD' : c);
        }

        return shown.Append(cut ? "…" : string.Empty).ToString();
    }
}
