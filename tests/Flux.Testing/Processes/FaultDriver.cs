namespace Flux.Testing.Processes;

/// <summary>Says whether faults are only announced: with <c>FLUX_IDLE_FAULTS=1</c> none happens, and every scenario that injects one must fail for it (fault model N22).</summary>
public static class FaultDriver
{
    /// <summary>Gets a value indicating whether no fault happens.</summary>
    public static bool IsIdle { get; } = Environment.GetEnvironmentVariable("FLUX_IDLE_FAULTS") is "1";
}
