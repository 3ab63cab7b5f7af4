using Flux.Core.Log;
using Flux.EventLog.Rows;

namespace Flux.EventLog.Sqlite;

/// <summary>Writes a new <c>log.db</c>.</summary>
internal sealed class SqliteLogSink : ILogSink
{
    private const int RowsPerCommit = 10_000;

    private readonly LogFile _file;
    private int _uncommitted;

    /// <summary>Makes the file.</summary>
    /// <param name="path">Its path; nothing is there yet.</param>
    /// <param name="epoch">The epoch of the new log.</param>
    public SqliteLogSink(string path, Guid epoch) => _file = LogFile.Open(path, createAs: epoch);

    /// <inheritdoc/>
    public void Add(LogCommit commit)
    {
        if (_uncommitted == 0)
        {
            _file.Begin();
        }

        foreach (var row in commit.Events)
        {
            _file.Insert(row);
        }

        _file.Insert(commit.Row);
        _uncommitted += commit.Events.Count;
        if (_uncommitted >= RowsPerCommit)
        {
            Commit();
        }
    }

    /// <inheritdoc/>
    public void Finish(LogHead head)
    {
        if (_uncommitted > 0)
        {
            Commit();
        }
    }

    public void Dispose() => _file.Dispose();

    private void Commit()
    {
        _file.Commit();
        _file.EmptyWal();
        _uncommitted = 0;
    }
}
