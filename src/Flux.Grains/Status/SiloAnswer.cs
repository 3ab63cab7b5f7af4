namespace Flux.Grains.Status;

/// <summary>What a silo answered.</summary>
/// <typeparam name="T">What it was asked for.</typeparam>
/// <param name="Silo">The silo, as membership has it.</param>
/// <param name="Answer">The answer; null when none came in time.</param>
public sealed record SiloAnswer<T>(ClusterMember Silo, T? Answer)
    where T : class;
