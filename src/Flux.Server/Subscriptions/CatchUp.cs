using Flux.Core.Log;
using Flux.Server.Subscriptions.V2;

namespace Flux.Server.Subscriptions;

/// <summary>Leads a socket that fell behind back to the live path: it reads the log at the socket's own pace, so nothing is left out and nobody waits.</summary>
internal sealed partial class CatchUp(
    ChangeDispatcher dispatcher, LogPages pages, TimeProvider time, SubscriptionInstruments instruments, ILogger<CatchUp> logger)
{
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
        while (!dispatcher.TryJoin(connection, cursor))
        {
            connection.Closed.ThrowIfCancellationRequested();

            // Never past what has been dispatched: the log may be ahead of it, and the live path will bring the rest.
            cursor = await SendAsync(connection, cursor, dispatcher.Position, encoder, wanted);
        }

        LogJoined(cursor);
    }

    private async Task<Position> SendAsync(
        Connection connection, Position cursor, Position limit, FrameEncoder encoder, List<RecordedEvent> wanted)
    {
        SharedPage page;
        try
        {
            page = await pages.ReadAsync(cursor, limit, connection.Closed);
        }
        catch (EventLogUnavailableException e)
        {
            LogLogIsLost(e);
            await Task.Delay(Pause, time, connection.Closed);
            return cursor;
        }

        dispatcher.Select(connection, page.Changes, cursor, limit, wanted);
        for (var i = 0; i < wanted.Count; i++)
        {
            for (int? rest = 0; rest is { } first;)
            {
                rest = encoder.WriteChange(wanted[i], first, Outbox.FlushBytes);
                if (encoder.Length >= Outbox.FlushBytes || i == wanted.Count - 1)
                {
                    await connection.Outbox.WriteAsync(encoder.Written);
                    encoder.Clear();
                }
            }
        }

        return page.Last < limit ? page.Last : limit;
    }
}
