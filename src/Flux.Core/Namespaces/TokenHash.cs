using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Flux.Core.Namespaces;

/// <summary>The SHA-256 of a token: all that is kept of it. Two are compared in the same time whatever they hold.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TokenHash(ulong First, ulong Second, ulong Third, ulong Fourth)
{
    private const int MaxText = 256;

    /// <summary>Hashes a secret of at most 256 characters.</summary>
    /// <param name="secret">The secret.</param>
    /// <returns>Its hash.</returns>
    public static TokenHash Of(ReadOnlySpan<char> secret)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(secret.Length, MaxText);
        Span<byte> utf8 = stackalloc byte[MaxText * 3];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(secret, utf8)], hash);
        return From(hash);
    }

    /// <summary>Reads back what <see cref="ToString"/> wrote.</summary>
    /// <param name="hex">64 hexadecimal digits.</param>
    /// <returns>The hash.</returns>
    public static TokenHash Parse(string hex) => From(Convert.FromHexString(hex));

    /// <inheritdoc/>
    public bool Equals(TokenHash other) =>
        ((First ^ other.First) | (Second ^ other.Second) | (Third ^ other.Third) | (Fourth ^ other.Fourth)) == 0;

    /// <inheritdoc/>
    public override int GetHashCode() => First.GetHashCode();

    /// <summary>Gives the hash as 64 hexadecimal digits.</summary>
    /// <returns>The digits, lower case.</returns>
    public override string ToString()
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        BinaryPrimitives.WriteUInt64BigEndian(hash, First);
        BinaryPrimitives.WriteUInt64BigEndian(hash[8..], Second);
        BinaryPrimitives.WriteUInt64BigEndian(hash[16..], Third);
        BinaryPrimitives.WriteUInt64BigEndian(hash[24..], Fourth);
        return Convert.ToHexStringLower(hash);
    }

    private static TokenHash From(ReadOnlySpan<byte> hash) => new(
        BinaryPrimitives.ReadUInt64BigEndian(hash),
        BinaryPrimitives.ReadUInt64BigEndian(hash[8..]),
        BinaryPrimitives.ReadUInt64BigEndian(hash[16..]),
        BinaryPrimitives.ReadUInt64BigEndian(hash[24..]));
}
