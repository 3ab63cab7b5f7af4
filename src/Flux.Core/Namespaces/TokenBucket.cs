namespace Flux.Core.Namespaces;

/// <summary>A token bucket: full at first, and refilled so evenly that an empty one is full after a minute. No rounding makes or loses a token.</summary>
/// <remarks>One thread at a time. It has no clock: who asks says what time it is, on a clock that never goes back.</remarks>
public sealed class TokenBucket
{
    // A token has so many parts that in each tick of the clock a whole number of them flows in: the capacity. A full bucket of the largest capacity
    // holds 1.3e18 parts, and twice that fits a long.
    private const long PartsOfToken = TimeSpan.TicksPerMinute;

    private int _capacity;
    private long _parts;
    private TimeSpan _asOf;

    /// <summary>Initializes a new instance of the <see cref="TokenBucket"/> class, full.</summary>
    /// <param name="capacity">The most tokens, and how many flow in within a minute.</param>
    /// <param name="now">The time.</param>
    public TokenBucket(int capacity, TimeSpan now)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        (_capacity, _parts, _asOf) = (capacity, capacity * PartsOfToken, now);
    }

    /// <summary>Gets the whole tokens that are in it.</summary>
    public int Tokens => (int)(_parts / PartsOfToken);

    /// <summary>Lets flow in what is due. The capacity is the new one from now on: a lower one cuts at once, a higher one fills gradually.</summary>
    /// <param name="capacity">The capacity from now on.</param>
    /// <param name="now">The time.</param>
    public void Advance(int capacity, TimeSpan now)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        var elapsed = Math.Clamp((now - _asOf).Ticks, 0, TimeSpan.TicksPerMinute);
        _parts = Math.Min(_parts + (elapsed * _capacity), Math.Min(_capacity, capacity) * PartsOfToken);
        _capacity = capacity;
        _asOf = now > _asOf ? now : _asOf;
    }

    /// <summary>Takes tokens, as many as there are.</summary>
    /// <param name="wanted">How many are wanted.</param>
    /// <returns>How many were taken.</returns>
    public int Take(int wanted)
    {
        var taken = Math.Clamp(wanted, 0, Tokens);
        _parts -= taken * PartsOfToken;
        return taken;
    }

    /// <summary>Puts tokens back that were taken and not used; what does not fit is lost.</summary>
    /// <param name="tokens">How many.</param>
    public void Return(int tokens) => _parts = Math.Min(_parts + (Math.Clamp(tokens, 0, _capacity) * PartsOfToken), _capacity * PartsOfToken);

    /// <summary>Leaves no more than so many tokens in it.</summary>
    /// <param name="tokens">How many; less than 0 is 0.</param>
    public void LowerTo(int tokens) => _parts = Math.Min(_parts, Math.Max(0, tokens) * PartsOfToken);
}
