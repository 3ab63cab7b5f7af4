using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Flux.Core.Entities;

namespace Flux.EventLog.Verification;

/// <summary>Half a SHA-256 of a property or of an entry of an index. The sum of them stands for a set, and a member can be taken out of it again.</summary>
internal static class ContentDigest
{
    /// <summary>Gives the digest of a property.</summary>
    public static UInt128 Of(string name, ReadOnlySpan<byte> value)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(sizeof(int) + (name.Length * 3) + value.Length);
        var length = Encoding.UTF8.GetBytes(name, buffer.AsSpan(sizeof(int)));
        BinaryPrimitives.WriteInt32LittleEndian(buffer, length);
        value.CopyTo(buffer.AsSpan(sizeof(int) + length));
        var digest = Of(buffer.AsSpan(0, sizeof(int) + length + value.Length));
        ArrayPool<byte>.Shared.Return(buffer);
        return digest;
    }

    /// <summary>Gives the digest of an entry of the index of event ids.</summary>
    public static UInt128 Of(IndexedEventId entry)
    {
        Span<byte> position = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(position, entry.Position);
        return Of(entry.EventId, position) + Of(entry.Namespace, position);
    }

    /// <summary>Gives the digest of all properties of a state as a read model keeps it.</summary>
    /// <param name="json">The properties as one JSON object.</param>
    /// <returns>The digest, how many properties there are, and whether this is the form in which a fold writes them.</returns>
    public static (UInt128 Digest, int Count, bool IsCanonical) OfProperties(byte[] json)
    {
        var properties = EntityState.ReadProperties(json);
        var sum = UInt128.Zero;
        foreach (var (name, value) in properties)
        {
            sum += Of(name, value);
        }

        var again = new ArrayBufferWriter<byte>(json.Length + 2);
        properties.WriteTo(again);
        return (sum, properties.Count, again.WrittenSpan.SequenceEqual(json));
    }

    private static UInt128 Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
