namespace Flux.Grains.Connections;

/// <summary>Hears every commit of the cluster for the sockets of one silo. Its key is the silo's address with its generation.</summary>
[Alias("flux.connections")]
internal interface IConnectionGrain : IGrainWithStringKey
{
    /// <summary>Activates the grain and waits until this silo's own change stream has reached it.</summary>
    /// <returns>A task that ends when changes flow.</returns>
    [Alias("warm-up")]
    Task WarmUpAsync();

    /// <summary>Tells whether the log answers this silo.</summary>
    /// <returns>False when it has said nothing for seconds.</returns>
    [Alias("is-in-touch")]
    Task<bool> IsInTouchAsync();
}
