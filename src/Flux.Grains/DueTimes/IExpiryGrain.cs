namespace Flux.Grains.DueTimes;

/// <summary>Finds what is due, and has its entities append the events of it. There is one, with key 0; whoever calls it keeps it alive.</summary>
[Alias("flux.expiry-grain")]
public interface IExpiryGrain : IGrainWithIntegerKey
{
    /// <summary>Sees to all that is due now, unless that was done a moment ago or is being done.</summary>
    /// <returns>A task; it may fail or time out, and then the next call goes on.</returns>
    [Alias("sweep")]
    Task SweepAsync();
}
