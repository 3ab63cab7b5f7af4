using Flux.Core.Expressions.Evaluation;

namespace Flux.Core.Expressions.Functions;

/// <summary>The parts of timestamps and durations.</summary>
internal static class Times
{
    private const long Millisecond = 1_000_000;

    /// <summary>Makes a function that gives a part of a timestamp, in UTC, or of a duration.</summary>
    /// <param name="part">The part of a date and time.</param>
    /// <param name="durationUnit">The unit, in nanoseconds, in which a duration is counted; 0 when durations do not have the part.</param>
    public static UnaryFunction Part(Func<DateTime, long> part, long durationUnit = 0) => (in CelValue value, ref Frame _) => value.Kind switch
    {
        CelKind.Timestamp => CelValue.Of(part(DateTimeOffset.FromUnixTimeSeconds(value.Seconds).UtcDateTime)),
        CelKind.Duration when durationUnit > 0 => CelValue.Of(value.Duration / durationUnit),
        _ => CelValue.Of(CelError.NoSuchOverload),
    };

    /// <summary>Makes a function that gives a part of a timestamp on the clocks of a zone.</summary>
    public static BinaryFunction LocalPart(Func<DateTime, long> part) => (in CelValue value, in CelValue zone, ref Frame frame) =>
        value.Kind != CelKind.Timestamp || zone.Kind != CelKind.String ? CelValue.Of(CelError.NoSuchOverload)
        : !TakeZone(zone.String, ref frame) ? CelValue.Of(CelError.Cost)
        : CelTime.TryToLocal(value, zone.String, out var local) ? CelValue.Of(part(local))
        : CelValue.Of(CelError.InvalidTimeZone);

    public static CelValue Milliseconds(in CelValue value, ref Frame frame) => value.Kind switch
    {
        CelKind.Timestamp => CelValue.Of(value.Nanoseconds / Millisecond),
        CelKind.Duration => CelValue.Of(value.Duration % CelTime.NanosecondsPerSecond / Millisecond),
        _ => CelValue.Of(CelError.NoSuchOverload),
    };

    public static CelValue LocalMilliseconds(in CelValue value, in CelValue zone, ref Frame frame) =>
        value.Kind != CelKind.Timestamp || zone.Kind != CelKind.String ? CelValue.Of(CelError.NoSuchOverload)
        : !TakeZone(zone.String, ref frame) ? CelValue.Of(CelError.Cost)
        : CelTime.TryToLocal(value, zone.String, out _) ? CelValue.Of(value.Nanoseconds / Millisecond)
        : CelValue.Of(CelError.InvalidTimeZone);

    private static bool TakeZone(string zone, ref Frame frame) => frame.Take(CelTime.IsZoneName(zone) ? ExpressionLimits.StepsPerZone : 1);
}
