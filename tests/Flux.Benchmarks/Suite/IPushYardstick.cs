namespace Flux.Benchmarks.Suite;

/// <summary>Something else that pushes, measured in turn with Flux.</summary>
internal interface IPushYardstick
{
    string Name { get; }

    /// <summary>Publishes at a rate, and takes the time until each message is at the subscriber.</summary>
    Task<PushYardstickResult> MeasureAsync(int rate, TimeSpan duration, CancellationToken cancellationToken);
}
