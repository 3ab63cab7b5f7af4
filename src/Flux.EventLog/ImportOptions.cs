namespace Flux.EventLog;

/// <summary>How an export is taken back.</summary>
/// <param name="NewEpoch">
/// Whether the log becomes another one than the exported, whose cursors it refuses: right when that one goes on, or went on after the export. A namespace
/// always becomes another log.
/// </param>
/// <param name="Renumber">
/// Whether the events of a namespace get new positions. Else they keep theirs, and an event without content stands at each position of another namespace.
/// </param>
public sealed record ImportOptions(bool NewEpoch, bool Renumber);
