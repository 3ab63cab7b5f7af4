using Flux.Core.Log;

namespace Flux.Grains.Demo;

/// <summary>Something that the plant needs the team for.</summary>
/// <param name="Title">What there is to do.</param>
/// <param name="Alarm">The event that raised the alarm; null when it was not recorded.</param>
/// <param name="RepairAsync">Repairs it. It is told the event that says that somebody has done the work.</param>
internal sealed record DemoFault(string Title, Position? Alarm, Func<Position?, Task> RepairAsync);
