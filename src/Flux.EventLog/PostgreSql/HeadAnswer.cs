using Flux.Core.Log;

namespace Flux.EventLog.PostgreSql;

/// <summary>What the database says about the end of the log.</summary>
/// <param name="Head">The end.</param>
/// <param name="Now">The time that a commit of this moment would have.</param>
/// <param name="Digest">The digest of the commit that holds the position that was asked about; null when there is none.</param>
internal sealed record HeadAnswer(LogHead Head, Timestamp Now, byte[]? Digest);
