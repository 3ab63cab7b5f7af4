namespace Flux.Testing.Subscriptions;

/// <summary>One violation.</summary>
/// <param name="Fault">What it counts as.</param>
/// <param name="Position">The position that it is about; null when it is about none.</param>
/// <param name="Line">Which of the subscriber's records shows it, from 1.</param>
/// <param name="Text">What was found, with both sides of it.</param>
internal sealed record SubscriptionFinding(SubscriptionFault Fault, long? Position, int Line, string Text)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Fault} at {Position?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "no position"} (line {Line}): {Text}";
}
