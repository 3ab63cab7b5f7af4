namespace Flux.Testing.Subscriptions;

/// <summary>What a subscription asked for in case that its client reads too slowly.</summary>
internal enum SlowReading
{
    /// <summary>It is served from the log at its own pace.</summary>
    CatchUp,

    /// <summary>It gets the newest value of each property, and is told what was merged.</summary>
    Conflate,

    /// <summary>It is closed with the position to resume from.</summary>
    Disconnect,
}
