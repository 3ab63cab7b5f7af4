using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.Grains.Entities;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Flux.Grains.DueTimes;

/// <summary>Works off the due times of the read model, the earliest first.</summary>
/// <remarks>
/// Nothing is remembered here and nothing fences it: an entity judges by its own state what is due, and its versions let one event be recorded. So it
/// does not matter that a row still says "due" while the projection is behind, nor that two of these live for a moment after a silo was lost.
/// Reentrant, so that calls during a sweep return at once; only its own fields change across its awaits.
/// </remarks>
[Reentrant]
internal sealed partial class ExpiryGrain(IEventLog log, IReadModel readModel, EntityGrains entities, TimeProvider time, ILogger<ExpiryGrain> logger)
    : Grain, IExpiryGrain
{
    private const int PageEntities = 500;

    // Every silo calls a few times a second; one look in that time serves them all.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    // What cannot be done is tried again a few times a second, and told less often.
    private static readonly TimeSpan ComplaintPause = TimeSpan.FromMinutes(1);

    private readonly ILogger<ExpiryGrain> _logger = logger;
    private Task _sweep = Task.CompletedTask;
    private long? _sweptAt;
    private long? _complainedAt;

    public Task SweepAsync()
    {
        if (!_sweep.IsCompleted || (_sweptAt is { } at && time.GetElapsedTime(at) < Pause))
        {
            return Task.CompletedTask;
        }

        _sweptAt = time.GetTimestamp();
        return _sweep = SweepAllAsync();
    }

    private async Task SweepAllAsync()
    {
        var now = log.Now;
        IReadOnlyList<DueEntity> page;
        var after = DueEntity.First;
        do
        {
            page = await readModel.FindDueAsync(now, after, PageEntities, CancellationToken.None);
            await Task.WhenAll(page.Select(due => ExpireAsync(due.Id)));
            after = page.Count == 0 ? after : page[^1];
        }
        while (page.Count == PageEntities);
    }

    // One entity's failure keeps nobody else waiting; the next sweep finds it again.
    private async Task ExpireAsync(string id)
    {
        try
        {
            await entities.Get(EntityKey.Trusted(id)).ExpireAsync();
        }
        catch (Exception e) when (e is EventLogUnavailableException or AppendOutcomeUnknownException || GrainCall.HasNoAnswer(e)
            || (_complainedAt is { } at && time.GetElapsedTime(at) < ComplaintPause))
        {
            LogLater(e, id);
        }
#pragma warning disable CA1031 // Whatever it is, it is this entity's: the others are due as well.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _complainedAt = time.GetTimestamp();
            LogFailed(e, id);
        }
    }

    [LoggerMessage(LogLevel.Debug, "What is due of {Entity} could not be recorded now; the next sweep does it")]
    private partial void LogLater(Exception exception, string entity);

    [LoggerMessage(LogLevel.Error, "What is due of {Entity} cannot be recorded; it is tried again with each sweep")]
    private partial void LogFailed(Exception exception, string entity);
}
