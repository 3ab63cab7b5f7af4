namespace Flux.Testing.History;

/// <summary>What a history shows.</summary>
public enum HistoryVerdict
{
    /// <summary>Every count is zero, and there was something to count.</summary>
    Clean,

    /// <summary>At least one count is not zero.</summary>
    Violated,

    /// <summary>The history says too little, or a fault did not happen: the run fails like a violated one.</summary>
    Invalid,
}
