namespace Flux.EventLog.Sqlite;

/// <summary>The data directory, or a file in it, cannot be used as it is; the message says what to change.</summary>
public sealed class DataDirectoryUnusableException : Exception
{
    /// <summary>Initializes a new instance of the <see cref="DataDirectoryUnusableException"/> class.</summary>
    /// <param name="message">What is wrong, for a person.</param>
    public DataDirectoryUnusableException(string message)
        : base(message)
    {
    }

    /// <summary>Initializes a new instance of the <see cref="DataDirectoryUnusableException"/> class.</summary>
    /// <param name="message">What is wrong, for a person.</param>
    /// <param name="inner">What the system said.</param>
    public DataDirectoryUnusableException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
