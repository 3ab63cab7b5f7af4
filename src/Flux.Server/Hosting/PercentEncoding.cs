using System.Buffers;
using System.Text;

namespace Flux.Server.Hosting;

/// <summary>Decodes percent-encoding once and strictly: a broken escape or invalid UTF-8 is an error, never a replacement character.</summary>
internal static class PercentEncoding
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Decodes a text.</summary>
    /// <param name="encoded">What stood in the request target.</param>
    /// <param name="plusIsBlank">True in a query value, where a plus stands for a blank.</param>
    /// <param name="text">The decoded text.</param>
    /// <returns>False when it is not validly encoded.</returns>
    public static bool TryDecode(ReadOnlySpan<char> encoded, bool plusIsBlank, out string text)
    {
        text = string.Empty;
        if (encoded.IndexOfAny('%', '+') < 0 && Ascii.IsValid(encoded))
        {
            text = encoded.ToString();
            return true;
        }

        var bytes = new ArrayBufferWriter<byte>(encoded.Length);
        for (var i = 0; i < encoded.Length; i++)
        {
            var c = encoded[i];
            var value = c;
            if (c == '%')
            {
                if (i + 2 >= encoded.Length || !char.IsAsciiHexDigit(encoded[i + 1]) || !char.IsAsciiHexDigit(encoded[i + 2]))
                {
                    return false;
                }

                value = (char)Convert.FromHexString(encoded.Slice(i + 1, 2))[0];
                i += 2;
            }
            else if (c == '+' && plusIsBlank)
            {
                value = ' ';
            }
            else if (!char.IsAscii(c))
            {
                // A target is ASCII; the web server shows its other bytes one by one.
                if (c > 0xFF)
                {
                    return false;
                }
            }

            bytes.GetSpan(1)[0] = (byte)value;
            bytes.Advance(1);
        }

        try
        {
            text = Strict.GetString(bytes.WrittenSpan);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false; // the answer to "is it valid?"
        }
    }
}
