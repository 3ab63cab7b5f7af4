namespace Flux.Client.Tests;

/// <summary>Draws always the same part.</summary>
internal sealed class FixedRandom(double part) : Random
{
    public override double NextDouble() => part;
}
