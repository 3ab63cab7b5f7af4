namespace Flux.EventLog.Sqlite;

/// <summary>Another process holds the data directory.</summary>
public sealed class DataDirectoryInUseException : Exception
{
    /// <summary>Initializes a new instance of the <see cref="DataDirectoryInUseException"/> class.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="inner">What the system said.</param>
    public DataDirectoryInUseException(string directory, Exception inner)
        : base($"{directory} is in use by another process: stop it, or give this one a data directory of its own", inner)
    {
    }
}
