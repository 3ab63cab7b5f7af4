namespace Flux.Grains;

/// <summary>What becomes of calls to grains.</summary>
public static class GrainCall
{
    /// <summary>Says whether a call has ended without an answer: its silo was lost, or it took too long. Nobody knows whether it was carried out.</summary>
    /// <param name="exception">What the call, which had no token, has thrown.</param>
    /// <returns>True also for a cancellation: Orleans lets messages expire so while their grain is being placed.</returns>
    public static bool HasNoAnswer(Exception exception) => exception is TimeoutException or OrleansException or OperationCanceledException;
}
