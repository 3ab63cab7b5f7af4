using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;

namespace Flux.Core.Namespaces;

/// <summary>The text of a token: <c>flux_</c>, its scope, <c>_</c>, 30 random characters of base 62, and the CRC-32 of all that in 6 more.</summary>
/// <remarks>The fixed form lets scanners find lost tokens, and the checksum tells a typing error from a wrong token without looking anything up.</remarks>
public static class AccessToken
{
    private const string Prefix = "flux_";
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int RandomLength = 30;
    private const int ChecksumLength = 6;

    /// <summary>Makes a token that nobody can guess: 178 random bits.</summary>
    /// <param name="scope">What it is for; it shows in the text.</param>
    /// <returns>The token.</returns>
    public static string Create(TokenScope scope)
    {
        var text = $"{Prefix}{scope.ToWord()}_{RandomNumberGenerator.GetString(Base62, RandomLength)}";
        Span<char> checksum = stackalloc char[ChecksumLength];
        WriteChecksum(text, checksum);
        return $"{text}{checksum}";
    }

    /// <summary>Checks the form of a token, and hashes it.</summary>
    /// <param name="text">What a client sent.</param>
    /// <param name="hash">The hash, when the answer is true.</param>
    /// <returns>False when it cannot be a token: another form, or a typing error.</returns>
    public static bool TryHash(ReadOnlySpan<char> text, out TokenHash hash)
    {
        hash = default;
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        var kind = text[Prefix.Length..];
        kind = kind[..Math.Max(0, kind.IndexOf('_'))];
        if (!TokenScopeWords.TryParse(kind, out _) || text.Length != Prefix.Length + kind.Length + 1 + RandomLength + ChecksumLength)
        {
            return false;
        }

        Span<char> checksum = stackalloc char[ChecksumLength]; // on the path of every event
        WriteChecksum(text[..^ChecksumLength], checksum);
        if (!text[^ChecksumLength..].SequenceEqual(checksum))
        {
            return false;
        }

        hash = TokenHash.Of(text);
        return true;
    }

    private static void WriteChecksum(ReadOnlySpan<char> text, Span<char> digits)
    {
        Span<byte> utf8 = stackalloc byte[text.Length * 3];
        var rest = Crc32.HashToUInt32(utf8[..Encoding.UTF8.GetBytes(text, utf8)]);
        for (var i = ChecksumLength - 1; i >= 0; i--)
        {
            digits[i] = Base62[(int)(rest % 62)];
            rest /= 62;
        }
    }
}
