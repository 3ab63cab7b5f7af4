using Flux.Core.Log;
using Flux.EventLog.Rows;
using Microsoft.Extensions.Logging;

namespace Flux.EventLog.PostgreSql;

/// <summary>
/// Notices that the database has lost the end of the log: it was replaced by one that is behind it, such as a standby that did not have the last
/// commits when it was promoted.
/// </summary>
/// <remarks>
/// What is in this process's memory is then ahead of the log, and what its subscribers were told did not happen. So it names what it knows of the lost
/// events, and has to end: started anew it knows what the log knows, and cursors behind the end are refused by themselves.
/// </remarks>
internal sealed partial class LostTail(RecentEvents recent, LogReads reads, ILogger logger)
{
    private const int EventsAtOnce = 500;

    private readonly Lock _gate = new();
    private LogHead? _seen;
    private int _isTold;

    /// <summary>Gets the furthest end of the log that was seen here; null before the first.</summary>
    public LogHead? Seen
    {
        get
        {
            lock (_gate)
            {
                return _seen;
            }
        }
    }

    /// <summary>Takes note of an end of the log.</summary>
    /// <param name="head">The end.</param>
    public void See(LogHead head)
    {
        lock (_gate)
        {
            if (_seen is null || head.Position > _seen.Position)
            {
                _seen = head;
            }
        }
    }

    /// <summary>Says whether the log still has an end that it once had.</summary>
    /// <param name="seen">The end, seen before the question was sent.</param>
    /// <param name="answer">Where the log ends now, and the digest of the commit with that position, if there is one.</param>
    public static bool IsIn(LogHead seen, HeadAnswer answer) =>
        seen.Position == Position.Start
        || (answer.Head.Position >= seen.Position && answer.Digest is { } digest && digest.AsSpan().SequenceEqual(seen.Digest));

    /// <summary>Says in the server's log, once, that events are gone, and which of those that were seen here.</summary>
    /// <param name="head">Where the log ends now.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>True when nobody had said it before.</returns>
    public async Task<bool> TellAsync(LogHead head, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _isTold, 1) != 0)
        {
            return false;
        }

        LogLost(Seen!.Position.Value, head.Position.Value);
        reads.ForgetConnections(); // to the server that is gone
        try
        {
            var rows = new RecordedEvent[EventsAtOnce];
            for (var last = Seen!.Position.Value; recent.TryCopy(last, ReadDirection.Backward, rows, out var count); last -= count)
            {
                var kept = await reads.ReadHashesAtAsync(last - count + 1, last, cancellationToken).ConfigureAwait(false);
                var gone = rows.Take(count).Where(row => !kept.TryGetValue(row.Position.Value, out var hash) || !hash.AsSpan().SequenceEqual(row.Hash)).ToList();
                foreach (var row in gone)
                {
                    LogLostEvent(row.Position.Value, row.Data.EventId, row.Data.Payload.EntityId, row.Version);
                }

                if (gone.Count < count)
                {
                    break; // before it the two are the same
                }
            }
        }
        catch (Exception e) when (e is Npgsql.NpgsqlException or TimeoutException or IOException or OperationCanceledException)
        {
            LogUnnamed(e);
        }

        return true;
    }

    [LoggerMessage(
        LogLevel.Critical,
        "The database has lost events: this process has seen the log up to position {Seen}, and it ends at {Head} or went another way. Was a standby promoted "
        + "that was behind? The process starts anew with what is there. The lost events that it knows of:")]
    private partial void LogLost(long seen, long head);

    [LoggerMessage(LogLevel.Critical, "Lost: position {Position}, event {EventId}, entity {Entity}, version {Version}")]
    private partial void LogLostEvent(long position, string eventId, string? entity, long version);

    [LoggerMessage(LogLevel.Error, "Which events are lost could not be looked up")]
    private partial void LogUnnamed(Exception exception);
}
