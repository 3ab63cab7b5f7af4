using System.Buffers.Binary;

namespace Flux.Core.Events;

/// <summary>Makes the ids of events that come without one: UUIDs of version 7 that carry the time and rise within this process.</summary>
/// <param name="time">The clock.</param>
public sealed class EventIds(TimeProvider time)
{
    private const int CounterBits = 12;

    // Milliseconds above a counter of 12 bits. When the counter is full, or the clock steps back, the time runs ahead of the clock.
    private long _last;

    /// <summary>Makes the next id.</summary>
    /// <returns>Lower case with hyphens.</returns>
    public string Next()
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds() << CounterBits;
        long last, next;
        do
        {
            last = Volatile.Read(ref _last);
            next = Math.Max(last + 1, now);
        }
        while (Interlocked.CompareExchange(ref _last, next, last) != last);

        Span<byte> bytes = stackalloc byte[16];
        const long counterMask = (1 << CounterBits) - 1;
        BinaryPrimitives.WriteInt64BigEndian(bytes, ((next & ~counterMask) << (16 - CounterBits)) | 0x7000 | (next & counterMask));
        Random.Shared.NextBytes(bytes[8..]);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }
}
