using System.Text.Json;

namespace Flux.Client;

/// <summary>Which past to see again, and how.</summary>
public sealed record ReplayRequest
{
    /// <summary>Gets the scope: ids, <c>ns/*</c> for all ids that start with <c>ns/</c>, or <c>*</c> for all; up to 1,000.</summary>
    public IReadOnlyList<string> Entities { get; init; } = [];

    /// <summary>Gets more of the scope: texts with which ids start; up to 1,000. An id in both lists comes once.</summary>
    public IReadOnlyList<string> Prefixes { get; init; } = [];

    /// <summary>Gets where to begin. Default: the beginning of the log.</summary>
    public ReplayPlace From { get; init; } = ReplayPlace.Start;

    /// <summary>Gets where to end. Default: what is the end of the log when the replay begins. Without effect with <see cref="GoesLive"/>.</summary>
    public ReplayPlace? To { get; init; }

    /// <summary>Gets a value indicating whether it becomes a live subscription when everything that is recorded was sent. Default: false.</summary>
    public bool GoesLive { get; init; }

    /// <summary>Gets how much faster than it was, 0.001 to 1,000,000; null for as fast as the application reads. Default: 1.</summary>
    public double? Speed { get; init; } = 1;

    /// <summary>Gets to what a longer silence between changes is cut, up to a day. Default: none.</summary>
    public TimeSpan? MaxIdle { get; init; }

    /// <summary>Gets a value indicating whether it begins paused. Default: false.</summary>
    public bool IsPaused { get; init; }

    /// <summary>Gets a predicate in the Common Expression Language, up to 4,096 bytes. Default: none.</summary>
    public string? Where { get; init; }

    /// <summary>Gets what the server does when this client reads too slowly once it is live. Default: it catches up from the log.</summary>
    public SlowReader Slow { get; init; }

    /// <summary>Gets a value indicating whether the server tells its clock at least once a second, which also proves that it lives. Default: true.</summary>
    public bool Progress { get; init; } = true;

    /// <summary>Gives what it is once it is live.</summary>
    internal SubscriptionRequest ToSubscription() =>
        new() { Entities = Entities, Prefixes = Prefixes, Where = Where, Slow = Slow, Progress = Progress };

    internal static void WriteSpeed(Utf8JsonWriter json, double? speed)
    {
        if (speed is { } times)
        {
            json.WriteNumber("speed", times);
        }
        else
        {
            json.WriteString("speed", "max");
        }
    }
}
