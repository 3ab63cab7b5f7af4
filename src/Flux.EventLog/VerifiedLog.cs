using Flux.Core.Log;

namespace Flux.EventLog;

/// <summary>A log in which everything is as it was written.</summary>
/// <param name="Epoch">Its epoch.</param>
/// <param name="Head">The head up to which it was checked.</param>
/// <param name="ReadModel">The position at which its read model was begun to be compared; null when there is none.</param>
/// <param name="Entities">How many entities it has, deleted ones too.</param>
public sealed record VerifiedLog(Guid Epoch, LogHead Head, Position? ReadModel, long Entities);
