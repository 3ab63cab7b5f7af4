namespace Flux.Testing.History;

/// <summary>What a history is counted for, in the order of the fault model, section 5.</summary>
public enum HistoryCount
{
    /// <summary>An acknowledged event has no row, or not at the place that was acknowledged; a refusal as a conflict with an event that there is not.</summary>
    Lost,

    /// <summary>Two rows for one event or one version; a frame twice; an answer that denies or invents a repetition.</summary>
    Duplicated,

    /// <summary>A row, a frame or a read value that no request explains.</summary>
    Phantom,

    /// <summary>Bytes or fields that differ from what was sent, or that are called different and are not; a hash that does not fit.</summary>
    Altered,

    /// <summary>A hole in positions, in versions, or in what a subscription got.</summary>
    Gap,

    /// <summary>Frames, positions or reads against the order of things.</summary>
    Reorder,

    /// <summary>Something of a namespace in the hands of someone without a grant.</summary>
    CrossTenant,

    /// <summary>Frames of a subscription that differ from those of the same subscription replayed later.</summary>
    LiveReplay,

    /// <summary>A served state that is not the fold of the log.</summary>
    StateFold,
}
