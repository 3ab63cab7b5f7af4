namespace Flux.Core.Entities;

/// <summary>A running projection of this process. It ends when it is disposed of.</summary>
public interface IProjectionLoop : IProjection, IAsyncDisposable
{
    /// <summary>Gets the loop: it ends when the projection is disposed of, and fails when an invariant of the log is broken.</summary>
    Task Completion { get; }

    /// <summary>Starts the loop, once.</summary>
    void Start();
}
