using Flux.Core.Log;

namespace Flux.EventLog.Rows;

/// <summary>Reads a log from its start to its end, page by page, and checks every row and commit on the way.</summary>
internal sealed class LogWalk(ILogSource source, LogCheck check)
{
    private readonly StoredRowDecoder _decoder = new();

    public LogCheck Check => check;

    /// <summary>Reads the rows. Nothing of the store is held between two of them.</summary>
    /// <exception cref="InvalidDataException">Something is not what was written; the message says where.</exception>
    public IEnumerable<CheckedRow> ReadRows(CancellationToken cancellationToken)
    {
        while (source.ReadCommits(check.Head.Position.Value + 1) is { Count: > 0 } commits)
        {
            IReadOnlyList<StoredRow> rows = [];
            var at = 0;
            foreach (var commit in commits)
            {
                check.Begin(commit);
                while (check.Head.Position < commit.Last)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (at == rows.Count)
                    {
                        (rows, at) = (source.ReadRows(check.Position.Value + 1, commits[^1].Last.Value), 0);
                        if (rows.Count == 0)
                        {
                            throw new InvalidDataException($"the log has no event at position {check.Position.Next}: it was removed");
                        }
                    }

                    yield return check.Add(_decoder.Decode(rows[at++], commit.RecordedAt));
                }
            }
        }
    }

    /// <summary>Reads whole commits.</summary>
    /// <param name="to">The position at which to end; a commit ends there.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="InvalidDataException">Something is not what was written; the message says where.</exception>
    public IEnumerable<LogCommit> ReadCommits(long to, CancellationToken cancellationToken)
    {
        List<RecordedEvent> events = [];
        foreach (var row in to == 0 ? [] : ReadRows(cancellationToken))
        {
            events.Add(row.Event);
            if (row.EndsCommit)
            {
                yield return new LogCommit(row.Commit, events);
                events = [];
                if (row.Event.Position.Value >= to)
                {
                    yield break;
                }
            }
        }
    }
}
