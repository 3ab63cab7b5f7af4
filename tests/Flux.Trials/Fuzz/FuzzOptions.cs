namespace Flux.Trials.Fuzz;

/// <summary>What was asked for.</summary>
/// <param name="Duration">How long.</param>
/// <param name="Seed">What all cases are made from.</param>
/// <param name="Only">The cases that are tried alone, the last of them judged; none for a whole run.</param>
/// <param name="ServerAssembly">The server; null for the one that was built beside this program.</param>
internal sealed record FuzzOptions(TimeSpan Duration, int Seed, IReadOnlyList<long> Only, string? ServerAssembly)
{
    /// <summary>Gets a value indicating whether the server asks for tokens.</summary>
    public bool IsOwned => Seed % 2 != 0;
}
