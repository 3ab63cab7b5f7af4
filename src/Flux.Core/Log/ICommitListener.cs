namespace Flux.Core.Log;

/// <summary>Hears of every commit of this silo's writer, in commit order, before the appends are answered.</summary>
public interface ICommitListener
{
    /// <summary>Takes a commit. It is called on the writer's path: hand it over and return; never throw.</summary>
    /// <param name="batch">The committed events.</param>
    void OnCommitted(CommittedBatch batch);
}
