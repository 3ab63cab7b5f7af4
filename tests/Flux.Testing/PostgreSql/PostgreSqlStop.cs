namespace Flux.Testing.PostgreSql;

/// <summary>How a server is stopped.</summary>
public enum PostgreSqlStop
{
    /// <summary>Connections are ended, transactions rolled back, and the data is left in good order.</summary>
    Fast,

    /// <summary>Everything is dropped at once; the next start recovers from the write-ahead log.</summary>
    Immediate,
}
