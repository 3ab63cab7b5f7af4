namespace Flux.Core.Events;

/// <summary>The producer's event cannot be taken as it is: its fault, and it is told which part.</summary>
public sealed class EventRefusedException : Exception
{
    /// <summary>Initializes a new instance of the <see cref="EventRefusedException"/> class.</summary>
    /// <param name="code">The code that clients branch on, such as <c>invalid_timestamp</c>.</param>
    /// <param name="message">What is wrong and where, for a person.</param>
    public EventRefusedException(string code, string message)
        : base(message) => Code = code;

    /// <summary>Initializes a new instance of the <see cref="EventRefusedException"/> class.</summary>
    /// <param name="code">The code that clients branch on.</param>
    /// <param name="message">What is wrong and where, for a person.</param>
    /// <param name="inner">What the parser said.</param>
    public EventRefusedException(string code, string message, Exception inner)
        : base(message, inner) => Code = code;

    /// <summary>Gets the code that clients branch on.</summary>
    public string Code { get; }
}
