namespace Flux.Testing.History;

/// <summary>What an answer says about an event. Source: fault model, section 1.</summary>
public enum Outcome
{
    /// <summary>Stored.</summary>
    Acked,

    /// <summary>Certainly not stored.</summary>
    Refused,

    /// <summary>Stored at most once; a repetition with the same id and bytes settles it.</summary>
    Unknown,
}
