namespace Flux.Server.Limits;

/// <summary>Whether an event is within its namespace's rate.</summary>
internal enum RateVerdict
{
    /// <summary>It is, and was counted.</summary>
    Within = 0,

    /// <summary>It is not.</summary>
    Over = 1,

    /// <summary>Nobody can tell: the silo that keeps the count does not answer.</summary>
    Unknown = 2,

    /// <summary>This count has left memory: ask for it anew.</summary>
    Retired = 3,
}
