namespace Flux.EventLog.Sqlite;

/// <summary>The moments of an append at which a test may look, or break something.</summary>
internal enum AppendStage
{
    /// <summary>The transaction is open and nothing is inserted.</summary>
    Begun,

    /// <summary>All rows are inserted, the commit was not asked for.</summary>
    Committing,

    /// <summary>The commit is on disk, nobody knows yet.</summary>
    Committed,

    /// <summary>The connection is closed and is about to be opened again.</summary>
    Reopening,
}
