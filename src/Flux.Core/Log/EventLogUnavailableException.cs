namespace Flux.Core.Log;

/// <summary>The log takes no events now, and nothing of this one was sent to the store. Try again later.</summary>
[GenerateSerializer, Alias("flux.event-log-unavailable")]
public class EventLogUnavailableException : Exception
{
    /// <summary>Initializes a new instance of the <see cref="EventLogUnavailableException"/> class.</summary>
    /// <param name="message">Why, for a person.</param>
    public EventLogUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>Initializes a new instance of the <see cref="EventLogUnavailableException"/> class.</summary>
    /// <param name="message">Why, for a person.</param>
    /// <param name="inner">What the store said.</param>
    public EventLogUnavailableException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>Gets the code that clients branch on.</summary>
    public virtual string Code => "unavailable";
}
