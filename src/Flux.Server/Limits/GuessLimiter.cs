using System.Net;
using Flux.Core.Namespaces;

namespace Flux.Server.Limits;

/// <summary>Counts the unknown tokens that come from each address, so that nobody tries them by the thousand. A token that works is never held up.</summary>
/// <remarks>
/// The address is the connection's; what a header says of it can be made up. Of IPv6 the first 64 bits count: who has one such address has them all.
/// Behind a proxy all clients share one count, which concerns only those with unknown tokens.
/// </remarks>
/// <param name="perMinute">How many unknown tokens a minute an address may send.</param>
/// <param name="time">The clock.</param>
internal sealed class GuessLimiter(int perMinute, TimeProvider time)
{
    // Two generations of so many: when the young one is full, the old one is dropped. Some 100 bytes each.
    private const int MaxAddresses = 10_000;

    private readonly Lock _gate = new();
    private readonly long _started = time.GetTimestamp();
    private Dictionary<(bool IsShort, ulong Bits), TokenBucket> _young = []; // guarded by _gate
    private Dictionary<(bool IsShort, ulong Bits), TokenBucket> _old = [];

    /// <summary>Gets how many addresses are remembered.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _young.Count + _old.Count;
            }
        }
    }

    /// <summary>Says whether an address has sent too many. It costs nothing to be asked of an address that has sent none.</summary>
    /// <param name="address">The connection's address; null when it has none.</param>
    public bool IsOver(IPAddress? address)
    {
        var key = KeyOf(address);
        lock (_gate)
        {
            if ((_young.GetValueOrDefault(key) ?? _old.GetValueOrDefault(key)) is not { } bucket)
            {
                return false;
            }

            bucket.Advance(perMinute, time.GetElapsedTime(_started));
            return bucket.Tokens == 0;
        }
    }

    /// <summary>Counts an unknown token.</summary>
    /// <param name="address">The connection's address; null when it has none.</param>
    public void OnGuess(IPAddress? address)
    {
        var key = KeyOf(address);
        lock (_gate)
        {
            var now = time.GetElapsedTime(_started);
            if (!_young.TryGetValue(key, out var bucket))
            {
                if (_young.Count >= MaxAddresses)
                {
                    (_old, _young) = (_young, _old);
                    _young.Clear();
                }

                bucket = _old.Remove(key, out var known) ? known : new TokenBucket(perMinute, now);
                _young.Add(key, bucket);
            }

            bucket.Advance(perMinute, now);
            bucket.Take(1);
        }
    }

    private static (bool IsShort, ulong Bits) KeyOf(IPAddress? address)
    {
        if (address is null)
        {
            return default;
        }

        Span<byte> bytes = stackalloc byte[16];
        (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).TryWriteBytes(bytes, out var length);
        return length == 4
            ? (true, System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes))
            : (false, System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes));
    }
}
