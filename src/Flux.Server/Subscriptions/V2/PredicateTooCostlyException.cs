using Flux.Core.Log;

namespace Flux.Server.Subscriptions.V2;

/// <summary>A subscription's predicate did not come to an end within its budget: the subscription ends.</summary>
/// <param name="before">The last position before the change that it was to judge.</param>
internal sealed class PredicateTooCostlyException(Position before)
    : Exception("the predicate costs more than its budget")
{
    /// <summary>Gets the last position before the change that it was to judge.</summary>
    public Position Before { get; } = before;
}
