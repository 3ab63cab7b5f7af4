using Flux.Core.Log;
using Flux.EventLog;
using Flux.Grains.Work;

namespace Flux.Server.Work;

/// <summary>Does long work on this silo, and tells the board each second how far it is. What runs when the server stops is called off.</summary>
internal sealed partial class WorkRunner(IGrainFactory grains, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<WorkRunner> logger)
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(1);

    private IWorkGrain Board => grains.GetGrain<IWorkGrain>(IWorkGrain.Key);

    /// <summary>Does a piece of work that is on the board, to its end.</summary>
    /// <param name="item">The work.</param>
    /// <param name="work">Does it, and says what came of it.</param>
    /// <param name="cancellationToken">Calls it off.</param>
    /// <returns>What has become of it.</returns>
    public async Task<WorkItem> RunAsync(
        WorkItem item, Func<IProgress<LogProgress>, CancellationToken, Task<string>> work, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        var progress = new PacedProgress(time, ending.Token);
        var doing = work(progress, ending.Token);
        using var timer = new PeriodicTimer(ReportInterval, time);
        while (await Task.WhenAny(doing, timer.WaitForNextTickAsync(CancellationToken.None).AsTask()) != doing)
        {
            if (!await TryReportAsync(At(item, progress)))
            {
                await ending.CancelAsync();
                break;
            }
        }

        var ended = await EndAsync(At(item, progress), doing);
        await TryReportAsync(ended);
        return ended;
    }

    private static WorkItem At(WorkItem item, PacedProgress progress)
    {
        var (at, rate) = progress.Latest;
        return item with { What = at.What ?? string.Empty, Done = at.Done, Total = at.Total, Rate = rate };
    }

    private async Task<WorkItem> EndAsync(WorkItem item, Task<string> doing)
    {
        try
        {
            return item with { State = WorkState.Done, Result = await doing };
        }
        catch (OperationCanceledException)
        {
            return item with { State = WorkState.Cancelled };
        }
        catch (Exception e) when (e is InvalidDataException or EventLogUnavailableException)
        {
            LogFailed(e, item.Kind);
            return item with { State = WorkState.Failed, Result = e.Message }; // what is wrong, and where
        }
        catch (Exception e)
        {
            LogFailed(e, item.Kind);
            return item with { State = WorkState.Failed, Result = "it could not go on: the server's log says why" };
        }
    }

    // The board may be on a silo that is lost at this moment: the next report finds another one.
    private async Task<bool> TryReportAsync(WorkItem item)
    {
        try
        {
            return await Board.ReportAsync(item);
        }
        catch (Exception e)
        {
            LogNotReported(e, item.Kind);
            return true;
        }
    }

    [LoggerMessage(LogLevel.Error, "The work {Kind} has failed")]
    private partial void LogFailed(Exception exception, string kind);

    [LoggerMessage(LogLevel.Warning, "How far the work {Kind} is could not be told")]
    private partial void LogNotReported(Exception exception, string kind);
}
