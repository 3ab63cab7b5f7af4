namespace Flux.EventLog.PostgreSql;

/// <summary>The database cannot be used as it is; the message says what to change.</summary>
public sealed class PostgreSqlUnusableException : Exception
{
    /// <summary>Initializes a new instance of the <see cref="PostgreSqlUnusableException"/> class.</summary>
    /// <param name="message">What is wrong and what to change.</param>
    public PostgreSqlUnusableException(string message)
        : base(message)
    {
    }
}
