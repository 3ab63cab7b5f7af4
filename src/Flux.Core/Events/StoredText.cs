using System.Text;

namespace Flux.Core.Events;

/// <summary>What a short text that is stored beside the payload (an id, a source, a key) must look like.</summary>
public static class StoredText
{
    /// <summary>The longest text, in UTF-8 bytes. Source: bad-input, "Limits".</summary>
    public const int MaxBytes = 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Says whether the text can be stored and given back unchanged by every store.</summary>
    /// <param name="text">The text.</param>
    /// <returns>False when it is longer than <see cref="MaxBytes"/>, holds U+0000 (PostgreSQL cannot keep it) or a lone surrogate.</returns>
    public static bool IsValid(string text)
    {
        if (text.Length > MaxBytes || text.Contains('\0', StringComparison.Ordinal))
        {
            return false;
        }

        if (System.Text.Ascii.IsValid(text))
        {
            return true;
        }

        try
        {
            return Strict.GetByteCount(text) <= MaxBytes;
        }
        catch (EncoderFallbackException)
        {
            return false; // a lone surrogate: the answer is "not valid"
        }
    }
}
