using Flux.Core.Log;

namespace Flux.Grains.Tests;

/// <summary>Keeps what it hears, and lets a test look at that very moment.</summary>
internal sealed class RecordingListener : ICommitListener
{
    public List<CommittedBatch> Heard { get; } = [];

    public Action<CommittedBatch>? Heeding { get; set; }

    public void OnCommitted(CommittedBatch batch)
    {
        Heard.Add(batch);
        Heeding?.Invoke(batch);
    }
}
