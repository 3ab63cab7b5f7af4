using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.IO.Hashing;
using System.Text;

namespace Flux.Server.Entities;

/// <summary>Where the next page of a list begins. Its text is opaque to clients, and good for one query.</summary>
/// <remarks>
/// The text is base64url of: a byte with the number of this form, a checksum of the query (8 bytes), the least id that the page may show, and a
/// CRC-32 of all before it. It says nothing that its reader may not know: see <see cref="Namespaces.ReadRights.SkipHidden"/>.
/// </remarks>
internal static class EntityCursor
{
    private const byte Form = 1;
    private const int StartAt = 1 + sizeof(ulong);

    // An id and a character after it, with the bytes around it.
    private const int MaxLength = 2048;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Writes a cursor.</summary>
    /// <param name="start">The least id wanted.</param>
    /// <param name="query">What the list selects.</param>
    public static string Write(string start, params ReadOnlySpan<string?> query)
    {
        var bytes = new byte[StartAt + Encoding.UTF8.GetByteCount(start) + sizeof(uint)];
        bytes[0] = Form;
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(1), Sum(query));
        Encoding.UTF8.GetBytes(start, bytes.AsSpan(StartAt));
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(bytes.Length - sizeof(uint)), Crc32.HashToUInt32(bytes.AsSpan(..^sizeof(uint))));
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads a cursor.</summary>
    /// <param name="text">What the client handed back.</param>
    /// <param name="start">The least id wanted, when the answer is true.</param>
    /// <param name="query">What the list selects.</param>
    /// <returns>False for anything that was not written for this query.</returns>
    public static bool TryParse(string text, out string start, params ReadOnlySpan<string?> query)
    {
        start = string.Empty;
        Span<byte> buffer = stackalloc byte[MaxLength];
        if (Base64Url.GetMaxDecodedLength(text.Length) > MaxLength
            || Base64Url.DecodeFromChars(text, buffer, out _, out var length) != OperationStatus.Done || length < StartAt + sizeof(uint))
        {
            return false;
        }

        var bytes = buffer[..length];
        if (bytes[0] != Form || BinaryPrimitives.ReadUInt64BigEndian(bytes[1..]) != Sum(query)
            || BinaryPrimitives.ReadUInt32BigEndian(bytes[^sizeof(uint)..]) != Crc32.HashToUInt32(bytes[..^sizeof(uint)]))
        {
            return false;
        }

        try
        {
            start = Strict.GetString(bytes[StartAt..^sizeof(uint)]);
            return !start.Contains('\0', StringComparison.Ordinal);
        }
        catch (DecoderFallbackException)
        {
            return false; // made by somebody who knows the form
        }
    }

    private static ulong Sum(ReadOnlySpan<string?> query)
    {
        var sum = new XxHash3();
        foreach (var part in query)
        {
            var bytes = Encoding.UTF8.GetBytes(part ?? string.Empty);
            sum.Append(BitConverter.GetBytes(part is null ? -1 : bytes.Length)); // so that no two queries run into the same bytes
            sum.Append(bytes);
        }

        return sum.GetCurrentHashAsUInt64();
    }
}
