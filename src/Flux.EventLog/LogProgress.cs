namespace Flux.EventLog;

/// <summary>How far a long piece of work is.</summary>
/// <param name="What">What is counted: <c>events</c>, <c>entities</c>.</param>
/// <param name="Done">How many are done.</param>
/// <param name="Total">How many there are.</param>
public readonly record struct LogProgress(string What, long Done, long Total);
