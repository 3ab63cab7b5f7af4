using Flux.Core.Log;

namespace Flux.EventLog.Sqlite;

/// <summary>What a backup or a restored log holds.</summary>
/// <param name="Epoch">The log's epoch: in a backup that of the log it was taken from, after a restore a new one.</param>
/// <param name="Head">Where it ends; compare the digest with one that was noted elsewhere.</param>
public sealed record BackupResult(Guid Epoch, LogHead Head);
