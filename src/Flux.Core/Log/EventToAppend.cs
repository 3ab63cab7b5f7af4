using Flux.Core.Entities;
using Flux.Core.Events;

namespace Flux.Core.Log;

/// <summary>An event with all that its entity decides, ready for the log.</summary>
/// <param name="Data">The event.</param>
/// <param name="Version">The entity's next version; 0 for an event without an entity.</param>
/// <param name="Before">See <see cref="RecordedEvent.Before"/>.</param>
/// <param name="Cause">See <see cref="RecordedEvent.Cause"/>.</param>
/// <param name="Expiry">See <see cref="RecordedEvent.Expiry"/>.</param>
/// <param name="Hash">See <see cref="EventHash"/>.</param>
public sealed record EventToAppend(EventData Data, long Version, byte[]? Before, Position? Cause, Expiry? Expiry, byte[] Hash);
