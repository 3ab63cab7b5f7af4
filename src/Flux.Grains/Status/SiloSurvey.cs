using Microsoft.Extensions.Logging;

namespace Flux.Grains.Status;

/// <summary>Asks all silos of the cluster at once, and waits long for none.</summary>
public sealed partial class SiloSurvey(IClusterMembershipService membership, IGrainFactory grains, TimeProvider time, ILogger<SiloSurvey> logger)
{
    // Who looks at all silos looks again after as long.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ILogger<SiloSurvey> _logger = logger;

    /// <summary>Asks.</summary>
    /// <typeparam name="T">What for.</typeparam>
    /// <param name="ask">Puts the question to a silo.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>A row for each silo that membership does not call dead, in the order of their addresses. Who is not active is not asked.</returns>
    public async Task<IReadOnlyList<SiloAnswer<T>>> AskAsync<T>(Func<ISiloStatusGrain, Task<T>> ask, CancellationToken cancellationToken)
        where T : class =>
        await Task.WhenAll(membership.CurrentSnapshot.Members.Values
            .Where(member => member.Status is not (SiloStatus.None or SiloStatus.Dead))
            .OrderBy(member => member.SiloAddress)
            .Select(async member => new SiloAnswer<T>(
                member, member.Status == SiloStatus.Active ? await AskAsync(member.SiloAddress, ask, cancellationToken) : null)));

    private async Task<T?> AskAsync<T>(SiloAddress silo, Func<ISiloStatusGrain, Task<T>> ask, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await ask(grains.GetGrain<ISiloStatusGrain>(silo.ToParsableString())).WaitAsync(Patience, time, cancellationToken);
        }
        catch (Exception e) when (GrainCall.HasNoAnswer(e) && !cancellationToken.IsCancellationRequested)
        {
            LogNoAnswer(e, silo);
            return null;
        }
    }

    [LoggerMessage(LogLevel.Debug, "{Silo} did not say in time how it is")]
    private partial void LogNoAnswer(Exception exception, SiloAddress silo);
}
