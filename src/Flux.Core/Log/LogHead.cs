namespace Flux.Core.Log;

/// <summary>The end of a log.</summary>
/// <param name="Position">The last event's position; <see cref="Position.Start"/> for an empty log.</param>
/// <param name="RecordedAt">The time of the last commit.</param>
/// <param name="Digest">The digest of the last commit, 32 bytes: see <see cref="EventHash"/>.</param>
public sealed record LogHead(Position Position, Timestamp RecordedAt, byte[] Digest);
