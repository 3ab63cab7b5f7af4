using Flux.Testing.History;

namespace Flux.Cluster.Tests.Scenarios.Soak;

/// <summary>The servers of a soak.</summary>
/// <param name="Name">The store, as the page calls it.</param>
/// <param name="Addresses">Where they are.</param>
/// <param name="Recorder">The history.</param>
/// <param name="ProcessIds">The processes.</param>
/// <param name="LogBytes">Measures the log on disk.</param>
internal sealed record SoakTarget(string Name, IReadOnlyList<Uri> Addresses, HistoryRecorder Recorder, Func<IReadOnlyList<int>> ProcessIds, Func<Task<long>> LogBytes);
