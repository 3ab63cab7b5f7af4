namespace Flux.Client;

/// <summary>What a silence means.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Silence">For how long it has lasted; only of a dead connection.</param>
/// <param name="RanOutOfPatience">Whether pings were answered all the while, and nothing else came.</param>
internal readonly record struct SilenceVerdict(SilenceVerdict.Step Kind, TimeSpan Silence, bool RanOutOfPatience)
{
    public enum Step
    {
        Nothing,
        SendPing,
        GiveUp,
    }

    public static SilenceVerdict Fine => default;

    public static SilenceVerdict Ping => new(Step.SendPing, default, RanOutOfPatience: false);

    public static SilenceVerdict Dead(TimeSpan silence, bool RanOutOfPatience) => new(Step.GiveUp, silence, RanOutOfPatience);
}
