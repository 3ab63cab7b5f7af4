using Flux.Testing.History;
using Flux.Testing.PostgreSql;

namespace Flux.Cluster.Tests.History;

/// <summary>The audit of a log in PostgreSQL must first fail: each table is edited in turn, and exactly that must be named.</summary>
public sealed class LogAuditTests
{
    [Fact]
    public void A_good_log_has_no_findings() => Assert.Empty(LogAudit.Check(GoodLog()));

    [Fact]
    public void A_removed_row_is_found()
    {
        var log = GoodLog();
        log.Rows.RemoveAt(3);

        Assert.Contains("position 4 is followed by 5 in event", LogAudit.Check(log));
    }

    [Fact]
    public void A_row_whose_hash_was_changed_breaks_the_digest_of_its_commit()
    {
        var log = GoodLog();
        log.Rows[3] = log.Rows[3] with { Hash = [.. log.Rows[3].Hash.Reverse()] };

        Assert.Equal(["the digest of the commit at 3 does not fit its rows and the digest before"], LogAudit.Check(log));
    }

    [Fact]
    public void Two_swapped_rows_break_the_digest_of_their_commit()
    {
        var log = GoodLog();
        var (one, other) = (log.Rows[4], log.Rows[5]);
        log.Rows[4] = one with { Hash = other.Hash };
        log.Rows[5] = other with { Hash = one.Hash };

        Assert.Equal(["the digest of the commit at 3 does not fit its rows and the digest before"], LogAudit.Check(log));
    }

    [Fact]
    public void A_commit_that_was_recorded_at_another_time_is_found()
    {
        var log = GoodLog();
        log.Commits[1] = log.Commits[1] with { RecordedAt = log.Commits[1].RecordedAt + 1 };

        Assert.Equal(["the digest of the commit at 3 does not fit its rows and the digest before"], LogAudit.Check(log));
    }

    [Fact]
    public void A_commit_that_another_is_said_to_have_written_is_found()
    {
        var log = GoodLog();
        log.Commits[0] = log.Commits[0] with { Writer = "v" };
        log.Commits[1] = log.Commits[1] with { Id = Guid.NewGuid() };

        Assert.Equal(2, LogAudit.Check(log).Count);
    }

    [Fact]
    public void A_log_that_was_begun_when_a_digest_covered_less_has_no_findings()
    {
        var log = GoodLog();
        log.Commits[0] = log.Commits[0] with { Digest = LogAudit.Digest(RowHash.None, log.Commits[0], log.Rows.Take(2).Select(row => row.Hash), asFormerly: true) };
        log.Commits[1] = log.Commits[1] with { Digest = LogAudit.Digest(log.Commits[0].Digest, log.Commits[1], log.Rows.Skip(2).Select(row => row.Hash)) };

        Assert.Empty(LogAudit.Check(log with { HeadDigest = log.Commits[1].Digest }));
    }

    [Fact]
    public void A_commit_that_goes_back_in_time_is_found()
    {
        var log = GoodLog();
        log.Commits[1] = log.Commits[1] with { RecordedAt = 1 };

        Assert.Contains("the commit at 3 was recorded at 1, the one before at 1000", LogAudit.Check(log));
    }

    [Fact]
    public void A_missing_commit_is_found()
    {
        var log = GoodLog();
        log.Commits.RemoveAt(0);

        Assert.Contains("a commit of 4 begins at 3, the one before ended at 0", LogAudit.Check(log));
    }

    [Fact]
    public void A_version_without_its_fence_is_found()
    {
        var log = GoodLog();
        log.Versions.Remove(("plant/e", 2));

        Assert.Contains("entity_event does not lead to plant/e v2 at 2", LogAudit.Check(log));
    }

    [Fact]
    public void A_fence_that_no_event_has_is_found()
    {
        var log = GoodLog();
        log.EventIds.Add(("plant", "nobody"), 3);

        Assert.Equal(["event_id has 4 rows for 3 events with a given id"], LogAudit.Check(log));
    }

    [Fact]
    public void A_head_that_is_elsewhere_is_found() =>
        Assert.Contains("log_head is at 7, the last event at 6", LogAudit.Check(GoodLog() with { HeadPosition = 7 }));

    // Two commits, of two rows and of four; every second id was given by the producer.
    private static LogTables GoodLog()
    {
        var log = new LogTables { HeadPosition = 6 };
        for (var position = 1; position <= 6; position++)
        {
            var row = new RowRecord
            {
                Position = position,
                Namespace = "plant",
                Entity = "plant/e",
                Version = position,
                EventId = $"event-{position}",
                Stream = "s",
                Source = "w",
                Timestamp = 1,
                Payload = [],
                Given = position % 2 == 0 ? 3 : 2,
                Hash = [.. Enumerable.Range(position, 32).Select(b => (byte)b)],
            };
            log.Rows.Add(row);
            log.Versions.Add(("plant/e", position), position);
            if (position % 2 == 0)
            {
                log.EventIds.Add(("plant", row.EventId), position);
            }
        }

        AddCommit(log, first: 1, count: 2, recordedAt: 1_000);
        AddCommit(log, first: 3, count: 4, recordedAt: 2_000);
        return log with { HeadDigest = log.Commits[^1].Digest };
    }

    private static void AddCommit(LogTables log, int first, int count, long recordedAt)
    {
        var previous = log.Commits.Count == 0 ? RowHash.None : log.Commits[^1].Digest;
        var commit = new LogCommitRecord(first, count, recordedAt, Guid.NewGuid(), "w", []);
        log.Commits.Add(commit with { Digest = LogAudit.Digest(previous, commit, log.Rows.Skip(first - 1).Take(count).Select(row => row.Hash)) });
    }
}
