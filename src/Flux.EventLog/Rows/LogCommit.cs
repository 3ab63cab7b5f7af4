using Flux.Core.Log;

namespace Flux.EventLog.Rows;

/// <summary>A commit with its events.</summary>
internal sealed record LogCommit(CommitRow Row, IReadOnlyList<RecordedEvent> Events);
