namespace Flux.Core.Log;

/// <summary>The event was sent to the store, and nobody knows whether it was kept. The same event sent again with the same id settles it.</summary>
[GenerateSerializer, Alias("flux.append-outcome-unknown")]
public sealed class AppendOutcomeUnknownException : Exception
{
    /// <summary>Initializes a new instance of the <see cref="AppendOutcomeUnknownException"/> class.</summary>
    /// <param name="message">What happened, for a person.</param>
    public AppendOutcomeUnknownException(string message)
        : base(message)
    {
    }

    /// <summary>Initializes a new instance of the <see cref="AppendOutcomeUnknownException"/> class.</summary>
    /// <param name="message">What happened, for a person.</param>
    /// <param name="inner">What the store said.</param>
    public AppendOutcomeUnknownException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
