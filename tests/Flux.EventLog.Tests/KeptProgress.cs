namespace Flux.EventLog.Tests;

/// <summary>Keeps all that it hears of long work, on the thread that tells it.</summary>
internal sealed class KeptProgress : IProgress<LogProgress>
{
    public List<LogProgress> Reports { get; } = [];

    public void Report(LogProgress value) => Reports.Add(value);
}
