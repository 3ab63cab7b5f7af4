namespace Flux.Client;

/// <summary>What ended a subscription for good. Its kinds say whose fault it was.</summary>
/// <param name="message">What happened.</param>
/// <param name="inner">The cause; null when there is no other.</param>
public abstract class FluxException(string message, Exception? inner) : Exception(message, inner);
