namespace Flux.Core.Log;

/// <summary>Says how much room the log takes on its disk.</summary>
public interface ILogSize
{
    /// <summary>Measures the log as it is now: its events and what keeps them in order, and no read model.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The bytes.</returns>
    /// <exception cref="EventLogUnavailableException">The store cannot be asked now.</exception>
    ValueTask<long> ReadBytesAsync(CancellationToken cancellationToken);
}
