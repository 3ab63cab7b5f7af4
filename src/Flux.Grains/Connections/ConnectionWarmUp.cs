using Flux.Core.Log;
using Flux.Core.Subscriptions;
using Microsoft.Extensions.Logging;

namespace Flux.Grains.Connections;

/// <summary>Fixes where the live feed of this silo begins before anyone can write through it, and makes it flow before anyone can connect.</summary>
internal sealed partial class ConnectionWarmUp(
    IEventLog log,
    IChangeDispatcher dispatcher,
    IGrainFactory grains,
    ILocalSiloDetails silo,
    TimeProvider time,
    ILogger<ConnectionWarmUp> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    // Before other silos see this one: their first deliveries must find the position set.
    private const int BeforeActive = ServiceLifecycleStage.BecomeActive - 1;

    // After the agents have started.
    private const int AfterActive = ServiceLifecycleStage.Active + 1;

    // Without it the feed works all the same, from the log, until the stream is there.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ILogger<ConnectionWarmUp> _logger = logger;

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer)
    {
        observer.Subscribe(nameof(ConnectionWarmUp), BeforeActive, StartFeedAsync);
        observer.Subscribe(nameof(ConnectionWarmUp), AfterActive, ActivateAsync);
    }

    private async Task StartFeedAsync(CancellationToken cancellationToken)
    {
        var head = await log.ReadHeadAsync(cancellationToken);
        ReadOnlyMemory<byte> hash = default;
        if (head.Position > Position.Start)
        {
            // A cursor that is handed out before the next change needs it.
            var last = await log.ReadAsync(LogScope.All, head.Position, ReadDirection.Forward, maxCount: 1, cancellationToken);
            hash = last.Events[0].Hash;
        }

        dispatcher.StartAfter(head.Position, hash);
        LogStarted(head.Position);
    }

    private async Task ActivateAsync(CancellationToken cancellationToken)
    {
        var grain = grains.GetGrain<IConnectionGrain>(silo.SiloAddress.ToParsableString());
        try
        {
            await grain.WarmUpAsync().WaitAsync(Patience, time, cancellationToken);
        }
        catch (Exception e) when (GrainCall.HasNoAnswer(e) && !cancellationToken.IsCancellationRequested)
        {
            // The silo that would know where the grain is may just be lost.
            LogLater(e);
        }
    }
}
