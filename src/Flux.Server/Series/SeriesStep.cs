using Flux.Core.Entities;
using Flux.Core.Log;

namespace Flux.Server.Series;

/// <summary>A short way through the events of an entity.</summary>
/// <param name="Points">The points, as many as a page takes from its end.</param>
/// <param name="First">The position of the first event looked at.</param>
/// <param name="Last">The position of the last event looked at.</param>
/// <param name="After">The state after it.</param>
internal sealed record SeriesStep(
    IReadOnlyCollection<SeriesPoint> Points, Position First, Position Last, EntityState After);
