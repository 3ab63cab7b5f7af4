namespace Flux.Core.Log;

/// <summary>Takes the right to write from the writers of other silos, in a log that several share.</summary>
public interface IWriterFence
{
    /// <summary>Fences writers: what they have not committed by the end of the call they never will.</summary>
    /// <param name="silos">The addresses of their silos, with generations.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>A task.</returns>
    /// <exception cref="EventLogUnavailableException">The store cannot be reached now.</exception>
    Task FenceAsync(string[] silos, CancellationToken cancellationToken);
}
