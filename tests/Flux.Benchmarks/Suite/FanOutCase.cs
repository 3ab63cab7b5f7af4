namespace Flux.Benchmarks.Suite;

/// <summary>So many changes a second to so many sockets, in requests of <paramref name="BatchSize"/> changes; 0 means the endpoint for single ones.</summary>
internal sealed record FanOutCase(int Sockets, int ChangesPerSecond, int BatchSize)
{
    /// <summary>Gets the connections that publish.</summary>
    public int Publishers { get; init; } = 16;

    /// <summary>Gets what is wanted of the deliveries for each second of the server's CPU, in words; null when nothing is.</summary>
    public string? Goal { get; init; }

    public string Name => string.Create(
        CultureInfo.InvariantCulture,
        $"{ChangesPerSecond}/s{(BatchSize == 0 ? "" : $" by {BatchSize}")} from {Publishers} to {Sockets}");
}
