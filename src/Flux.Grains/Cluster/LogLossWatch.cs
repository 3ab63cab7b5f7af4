using Flux.Grains.Connections;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Flux.Grains.Cluster;

/// <summary>Ends a silo that has lost the log while others have not: only then its entities can go where they can be written.</summary>
/// <remarks>When nobody has the log, all stay: sockets and memory are there when it comes back.</remarks>
public sealed partial class LogLossWatch(
    HeadWatch headWatch,
    IClusterMembershipService membership,
    ILocalSiloDetails local,
    IGrainFactory grains,
    TimeProvider time,
    ILogger<LogLossWatch> logger)
    : BackgroundService
{
    // Source: fault model, F40: entities are usable elsewhere within 15 s.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    // A process that was frozen finds a long silence when it wakes, and has the log again before the second look.
    private const int Looks = 2;

    private readonly ILogger<LogLossWatch> _logger = logger;

    /// <summary>Gets or sets who hears that this silo alone has lost the log. It must end the process.</summary>
    public Action? OnAlone { get; set; }

    private bool IsSilent => headWatch.Silence > Patience;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            for (var looks = 0; looks < Looks;)
            {
                await timer.WaitForNextTickAsync(stoppingToken);

                // Looked at again behind the question: the log may have answered while the others were asked.
                looks = IsSilent && await IsLogSeenElsewhereAsync(stoppingToken) && IsSilent ? looks + 1 : 0;
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return; // the server stops
        }

        LogAlone(headWatch.Silence);
        OnAlone?.Invoke();
    }

    private async Task<bool> IsLogSeenElsewhereAsync(CancellationToken cancellationToken)
    {
        var others = membership.CurrentSnapshot.Members.Values
            .Where(member => member.Status == SiloStatus.Active && !member.SiloAddress.Equals(local.SiloAddress))
            .Select(member => AskAsync(member.SiloAddress, cancellationToken));
        return (await Task.WhenAll(others)).Contains(true);
    }

    private async Task<bool> AskAsync(SiloAddress silo, CancellationToken cancellationToken)
    {
        try
        {
            return await grains.GetGrain<IConnectionGrain>(silo.ToParsableString()).IsInTouchAsync().WaitAsync(Period, time, cancellationToken);
        }
        catch (Exception e) when (GrainCall.HasNoAnswer(e) && !cancellationToken.IsCancellationRequested)
        {
            LogNoAnswer(e, silo);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Critical, "The event log has not answered this silo for {Silence}, and answers others: it must start anew")]
    private partial void LogAlone(TimeSpan silence);

    [LoggerMessage(LogLevel.Warning, "{Silo} could not be asked whether it sees the event log")]
    private partial void LogNoAnswer(Exception exception, SiloAddress silo);
}
