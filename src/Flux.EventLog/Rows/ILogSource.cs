namespace Flux.EventLog.Rows;

/// <summary>A log as it is stored, read page by page from the outside: beside a running server, and without believing anything in it.</summary>
internal interface ILogSource : IDisposable
{
    /// <summary>Reads where the log begins and ends, all at one moment.</summary>
    /// <exception cref="InvalidDataException">Its ends do not fit each other.</exception>
    LogEnds ReadEnds();

    /// <summary>Reads the next commits.</summary>
    /// <param name="from">The first position of the first one wanted.</param>
    /// <returns>None at the end of the log.</returns>
    IReadOnlyList<CommitRow> ReadCommits(long from);

    /// <summary>Reads the next rows, at least one when there is one and no more than are well kept in memory.</summary>
    /// <param name="first">The first position wanted.</param>
    /// <param name="last">The last position wanted.</param>
    /// <returns>Rows in the order of their positions.</returns>
    IReadOnlyList<StoredRow> ReadRows(long first, long last);

    /// <summary>Counts what the index of causes has up to a position; null where the database answers for its indexes.</summary>
    long? CountCauses(long head);
}
