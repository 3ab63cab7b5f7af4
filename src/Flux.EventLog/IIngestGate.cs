namespace Flux.EventLog;

/// <summary>Holds the log writer back while the read model is too far behind: a rate that the projection cannot follow is not a rate.</summary>
public interface IIngestGate
{
    /// <summary>Waits until the next commit may start. It returns at once while the projection keeps up.</summary>
    /// <returns>A task.</returns>
    ValueTask WaitAsync();
}
