namespace Flux.Client;

/// <summary>The server refused a subscription, or ended it while it was running.</summary>
public sealed class FluxSubscriptionException : FluxException
{
    internal FluxSubscriptionException(string code, string message, long? position, string? cursor, int? line, int? column)
        : base($"{code}: {message}", inner: null)
    {
        Code = code;
        Position = position;
        Cursor = cursor;
        Line = line;
        Column = column;
    }

    /// <summary>Gets the code, such as <c>invalid_expression</c>. Branch on it and never on the text.</summary>
    public string Code { get; }

    /// <summary>Gets how far a running subscription came; null when it was refused.</summary>
    public long? Position { get; }

    /// <summary>Gets the cursor of <see cref="Position"/>.</summary>
    public string? Cursor { get; }

    /// <summary>Gets the line of the error in the predicate, from 1; null when it is about something else.</summary>
    public int? Line { get; }

    /// <summary>Gets the column of the error in the predicate, from 1; null when it is about something else.</summary>
    public int? Column { get; }
}
