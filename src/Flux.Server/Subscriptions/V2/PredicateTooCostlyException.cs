using Flux.Core.Log;

namespace Flux.Server.Subscriptions.V2;

/// <summary>A subscription's predicate did not come to an end within its budget: the subscription ends.</summary>
/// <param name="before">The last position before the change that it was to judge; null inside a snapshot, of which no part stands for the whole.</param>
internal sealed class PredicateTooCostlyException(Position? before)
    : Exception("the predicate costs more than its budget")
{
    /// <summary>Gets up to where the client has everything; null when it has a part of a snapshot.</summary>
    public Position? Before { get; } = before;
}
