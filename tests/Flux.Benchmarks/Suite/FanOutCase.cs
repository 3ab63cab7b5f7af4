namespace Flux.Benchmarks.Suite;

/// <summary>So many changes a second to so many sockets, in requests of <paramref name="BatchSize"/> changes; 0 means the endpoint for single ones.</summary>
internal sealed record FanOutCase(int Sockets, int ChangesPerSecond, int BatchSize)
{
    public string Name => string.Create(
        CultureInfo.InvariantCulture,
        $"{ChangesPerSecond}/s{(BatchSize == 0 ? "" : $" by {BatchSize}")} to {Sockets}");
}
