using Flux.Core.Events;
using Flux.Core.Log;
using Flux.Grains.Entities;

namespace Flux.Server.Events;

/// <summary>Brings events to the entities they are about, and those without an entity straight to the log.</summary>
internal sealed class EventAppender(EntityGrains grains, ILogWriter log, TimeProvider time)
{
    // A batch may hold a hundred thousand small events: so many at a time fit the writer's queue and the deadline of a call.
    private const int SliceEvents = 5_000;

    // As long as a call to a grain may take: an event without an entity does not wait longer than one with.
    private static readonly TimeSpan Deadline = Hosting.OrleansSetup.ResponseTimeout;

    /// <summary>Appends one event.</summary>
    /// <remarks>
    /// When the entity's silo is lost on the way nobody knows what became of the event, and it is not sent again from here: an answer to the second
    /// try could not say whether the event was new. Its client sends it again under its id, and is told.
    /// </remarks>
    public Task<AppendResult> AppendAsync(EventData data) =>
        data.Entity is { } entity ? grains.Get(entity, data).AppendAsync(data) : AppendWithoutEntityAsync(data);

    /// <summary>Appends several. Those of one entity keep their order.</summary>
    /// <returns>For each, in order, what became of it.</returns>
    public async Task<AppendOutcome[]> AppendManyAsync(IReadOnlyList<EventData> data)
    {
        var outcomes = new AppendOutcome[data.Count];
        for (var start = 0; start < data.Count; start += SliceEvents)
        {
            await AppendSliceAsync(data, start, Math.Min(start + SliceEvents, data.Count), outcomes);
        }

        return outcomes;
    }

    private async Task AppendSliceAsync(IReadOnlyList<EventData> data, int start, int end, AppendOutcome[] outcomes)
    {
        var places = new Dictionary<EntityKey, List<int>>();
        var calls = new List<Task>();
        for (var i = start; i < end; i++)
        {
            if (data[i].Entity is not { } entity)
            {
                calls.Add(FillAsync(outcomes, i, AppendWithoutEntityAsync(data[i])));
            }
            else if (places.TryGetValue(entity, out var earlier))
            {
                earlier.Add(i);
            }
            else
            {
                places.Add(entity, [i]);
            }
        }

        foreach (var (entity, indexes) in places)
        {
            var grain = grains.Get(entity);
            calls.Add(indexes.Count == 1
                ? FillAsync(outcomes, indexes[0], AppendAsync(data[indexes[0]]))
                : FillAsync(outcomes, indexes, grain.AppendManyAsync([.. indexes.Select(i => data[i])])));
        }

        await Task.WhenAll(calls);
    }

    private static async Task FillAsync(AppendOutcome[] outcomes, int index, Task<AppendResult> append)
    {
        try
        {
            outcomes[index] = new AppendOutcome(await append, Failure: null);
        }
        catch (Exception e) when (IsOutcome(e))
        {
            outcomes[index] = new AppendOutcome(Result: null, e);
        }
    }

    private static async Task FillAsync(AppendOutcome[] outcomes, List<int> indexes, Task<AppendOutcome[]> append)
    {
        try
        {
            var results = await append;
            for (var i = 0; i < results.Length; i++)
            {
                outcomes[indexes[i]] = results[i];
            }
        }
        catch (Exception e) when (IsOutcome(e))
        {
            foreach (var index in indexes)
            {
                outcomes[index] = new AppendOutcome(Result: null, e);
            }
        }
    }

    // One event's failure is its row's business; anything else is a defect and fails the request.
    private static bool IsOutcome(Exception e) =>
        e is EventLogUnavailableException or AppendOutcomeUnknownException or TimeoutException or Orleans.Runtime.OrleansException;

    private async Task<AppendResult> AppendWithoutEntityAsync(EventData data)
    {
        var hash = EventHash.OfRow(EventHash.None, data, version: 0, before: null, cause: null);
        return await log.AppendAsync(new EventToAppend(data, Version: 0, Before: null, Cause: null, hash), run: null).WaitAsync(Deadline, time);
    }
}
