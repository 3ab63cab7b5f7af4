namespace Flux.Core.Log;

/// <summary>A moment as the log records it: Unix time in microseconds, the finest that every store keeps exactly.</summary>
/// <param name="Microseconds">Microseconds since 1970-01-01T00:00:00Z.</param>
[GenerateSerializer, Immutable, Alias("flux.timestamp")]
public readonly record struct Timestamp([property: Id(0)] long Microseconds) : IComparable<Timestamp>
{
    /// <summary>Compares two moments.</summary>
    public static bool operator <(Timestamp left, Timestamp right) => left.Microseconds < right.Microseconds;

    /// <summary>Compares two moments.</summary>
    public static bool operator >(Timestamp left, Timestamp right) => left.Microseconds > right.Microseconds;

    /// <summary>Compares two moments.</summary>
    public static bool operator <=(Timestamp left, Timestamp right) => left.Microseconds <= right.Microseconds;

    /// <summary>Compares two moments.</summary>
    public static bool operator >=(Timestamp left, Timestamp right) => left.Microseconds >= right.Microseconds;

    /// <summary>Takes a moment of the platform, rounded down to microseconds.</summary>
    /// <param name="time">The moment.</param>
    /// <returns>The same moment.</returns>
    public static Timestamp From(DateTimeOffset time) => new((time.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond);

    /// <summary>Gives the moment as the platform's type, in UTC.</summary>
    /// <returns>The same moment.</returns>
    public DateTimeOffset ToDateTimeOffset() => DateTimeOffset.UnixEpoch.AddTicks(Microseconds * TimeSpan.TicksPerMicrosecond);

    /// <summary>Gives a later moment.</summary>
    /// <param name="seconds">How much later.</param>
    /// <returns>The moment.</returns>
    public Timestamp AddSeconds(long seconds) => new(checked(Microseconds + (seconds * 1_000_000)));

    /// <inheritdoc/>
    public int CompareTo(Timestamp other) => Microseconds.CompareTo(other.Microseconds);
}
