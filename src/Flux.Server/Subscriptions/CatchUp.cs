using Flux.Core.Log;

namespace Flux.Server.Subscriptions;

/// <summary>Leads a socket that fell behind back to the live path: it reads the log at the socket's own pace, so nothing is left out and nobody waits.</summary>
internal sealed partial class CatchUp(
    ChangeDispatcher dispatcher, IEventLog log, TimeProvider time, SubscriptionInstruments instruments, ILogger<CatchUp> logger)
{
    private const int PageSize = 256;

    private const int BlockBytes = 64 * 1024;

    // Close enough to keep what comes meanwhile: read and written within milliseconds, well under the bound on what is kept.
    private const long JoinDistance = 1000;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly ILogger<CatchUp> _logger = logger;

    /// <summary>Starts to follow the log for a socket; it does not wait.</summary>
    /// <param name="connection">A socket that has just left the live path.</param>
    /// <param name="after">The last position of which it was given everything.</param>
    public void Start(Connection connection, Position after) =>
        ThreadPool.UnsafeQueueUserWorkItem(_ => _ = RunAsync(connection, after), state: null);

    private async Task RunAsync(Connection connection, Position after)
    {
        LogLagging(after);
        instruments.OnLagging();
        try
        {
            // The socket takes first what already waits for it; only then there is room for more.
            await connection.Outbox.WriteAsync(default);
            await FollowAsync(connection, after);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            LogGone(); // the socket has ended
        }
        catch (Exception e)
        {
            // Whatever it is, this socket must not stay silent: it ends, and its client connects again.
            LogFailed(e);
            connection.Abort();
        }
        finally
        {
            instruments.OnLaggingEnded();
        }
    }

    private async Task FollowAsync(Connection connection, Position cursor)
    {
        var encoder = new FrameEncoder();
        var wanted = new List<RecordedEvent>();
        Position? join = null;
        while (true)
        {
            connection.Closed.ThrowIfCancellationRequested();
            if (join is null && dispatcher.Position.Value - cursor.Value <= JoinDistance)
            {
                join = dispatcher.StartJoining(connection);
            }

            // Never past what has been dispatched: the log may be ahead of it, and the live path will bring the rest.
            var limit = join ?? dispatcher.Position;
            if (cursor < limit)
            {
                cursor = await ReadAsync(connection, cursor, limit, encoder, wanted);
            }
            else if (dispatcher.TryJoin(connection))
            {
                LogJoined(cursor);
                return;
            }
            else
            {
                join = null;
            }
        }
    }

    private async Task<Position> ReadAsync(
        Connection connection, Position cursor, Position limit, FrameEncoder encoder, List<RecordedEvent> wanted)
    {
        LogPage page;
        try
        {
            page = await log.ReadAsync(LogScope.All, cursor.Next, ReadDirection.Forward, PageSize, connection.Closed);
        }
        catch (EventLogUnavailableException e)
        {
            LogLogIsLost(e);
            await Task.Delay(Pause, time, connection.Closed);
            return cursor;
        }

        if (page.Next <= cursor.Next)
        {
            await Task.Delay(Pause, time, connection.Closed); // a log that does not show yet what was dispatched
            return cursor;
        }

        dispatcher.Select(connection, page.Events, limit, wanted);
        for (var i = 0; i < wanted.Count; i++)
        {
            encoder.WriteChange(wanted[i]);
            if (encoder.Length >= BlockBytes || i == wanted.Count - 1)
            {
                await connection.Outbox.WriteAsync(encoder.Written);
                encoder.Clear();
            }
        }

        var seen = new Position(page.Next.Value - 1);
        return seen < limit ? seen : limit;
    }
}
