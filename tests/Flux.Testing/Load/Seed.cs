using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Flux.Testing.Load;

/// <summary>What all random choices of a run begin with: <c>FLUX_SEED</c>, 1 by default. The same seed chooses the same; what servers do differs.</summary>
[SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "A run is to be replayable from its seed.")]
public static class Seed
{
    /// <summary>Gets the seed of the run.</summary>
    public static int Value { get; } =
        Environment.GetEnvironmentVariable("FLUX_SEED") is { Length: > 0 } given ? int.Parse(given, CultureInfo.InvariantCulture) : 1;

    /// <summary>Makes the random choices of one part of the run.</summary>
    /// <param name="part">Which part: another one chooses otherwise.</param>
    /// <param name="number">Which of the same kind, such as the number of a writer.</param>
    /// <returns>The choices, the same ones in every process with the same seed, which <c>HashCode.Combine</c> would not give.</returns>
    public static Random Random(int part, int number = 0) => new(unchecked((Value * 1_000_003) + (part * 7_919) + number));
}
