using System.Security.Cryptography;
using System.Text;

namespace Flux.EventLog.Export;

/// <summary>The check at the end of each line of an export: the first 8 bytes of a digest that covers this line and all before it.</summary>
internal static class LineCheck
{
    private const int ShownBytes = 8;

    private static readonly byte[] Start = ",\"check\":\""u8.ToArray();

    /// <summary>Gets the bytes of a check with what stands around it, without the line's end.</summary>
    public static int Length { get; } = Start.Length + (2 * ShownBytes) + 2;

    /// <summary>Computes the digest after a line.</summary>
    /// <param name="previous">The digest after the line before; 32 zero bytes before the first.</param>
    /// <param name="body">The line up to its check.</param>
    public static byte[] Next(ReadOnlySpan<byte> previous, ReadOnlySpan<byte> body)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        digest.AppendData(previous);
        digest.AppendData(body);
        return digest.GetHashAndReset();
    }

    /// <summary>Gives the end of a line: check, closing brace, line feed.</summary>
    public static byte[] Of(ReadOnlySpan<byte> digest) =>
        [.. Start, .. Encoding.ASCII.GetBytes(Convert.ToHexStringLower(digest[..ShownBytes])), .. "\"}\n"u8];
}
