using Flux.Core.Events;
using Flux.Core.Log;
using Flux.Grains;
using Flux.Grains.Entities;

namespace Flux.Server.Events;

/// <summary>Brings events to the entities they are about, and those without an entity straight to the log.</summary>
internal sealed class EventAppender(EntityGrains grains, ILogWriter log, CauseFinder causes, TimeProvider time)
{
    // A batch may hold a hundred thousand small events: so many at a time fit the writer's queue and the deadline of a call.
    public const int SliceEvents = 5_000;

    // Each entity may have to be read from the store first, which has 20 connections for that and waits 2 s for one: thousands of cold entities at
    // once would take them from everybody else. A batch of this many is not held back.
    private const int EntitiesAtOnce = 256;

    // As long as a call to a grain may take: an event without an entity does not wait longer than one with.
    private static readonly TimeSpan Deadline = Hosting.OrleansSetup.ResponseTimeout;

    /// <summary>Appends one event.</summary>
    /// <remarks>
    /// When the entity's silo is lost on the way nobody knows what became of the event, and it is not sent again from here: an answer to the second
    /// try could not say whether the event was new. Its client sends it again under its id, and is told.
    /// </remarks>
    /// <exception cref="EventRefusedException">The cause that it names is not there.</exception>
    public Task<AppendResult> AppendAsync(EventData data) => AppendAsync(data, missed: null);

    private Task<AppendResult> AppendAsync(EventData data, MissedCauses? missed) =>
        data.Options is { CausedBy: not null } or { Cause: not null } ? AppendEffectAsync(data, missed ?? new MissedCauses())
        : data.Entity is { } entity ? grains.Get(entity, data).AppendAsync(data)
        : AppendWithoutEntityAsync(data);

    /// <summary>Appends several. Those of one entity keep their order.</summary>
    /// <returns>For each, in order, what became of it.</returns>
    public async Task<AppendOutcome[]> AppendManyAsync(IReadOnlyList<EventData> data)
    {
        var outcomes = new AppendOutcome[data.Count];
        var missed = new MissedCauses();
        for (int start = 0, end; start < data.Count; start = end)
        {
            end = FindSliceEnd(data, start);
            await AppendSliceAsync(data, start, end, outcomes, missed);
        }

        return outcomes;
    }

    // An event whose cause is in the same slice begins the next one: a cause is in the log before its effect is judged.
    private static int FindSliceEnd(IReadOnlyList<EventData> data, int start)
    {
        var end = start;
        HashSet<string>? ids = null;
        for (; end < data.Count && end - start < SliceEvents; end++)
        {
            if (data[end].Options?.CausedBy is { } cause)
            {
                ids ??= [.. data.Skip(start).Take(end - start).Select(earlier => earlier.EventId)];
                if (ids.Contains(cause))
                {
                    break;
                }
            }

            ids?.Add(data[end].EventId);
        }

        return end;
    }

    private async Task<AppendResult> AppendEffectAsync(EventData data, MissedCauses missed)
    {
        var resolved = await causes.ResolveAsync(data, missed, CancellationToken.None);
        return resolved.Entity is { } entity ? await grains.Get(entity).AppendAsync(resolved) : await AppendWithoutEntityAsync(resolved);
    }

    private async Task AppendSliceAsync(IReadOnlyList<EventData> data, int start, int end, AppendOutcome[] outcomes, MissedCauses missed)
    {
        var places = new Dictionary<EntityKey, List<int>>();
        var calls = new List<Task>();
        for (var i = start; i < end; i++)
        {
            if (data[i].Entity is not { } entity)
            {
                calls.Add(FillAsync(outcomes, i, AppendAsync(data[i], missed)));
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

        using var free = new SemaphoreSlim(EntitiesAtOnce);
        foreach (var (entity, indexes) in places)
        {
            await free.WaitAsync();
            calls.Add(AppendToEntityAsync(data, entity, indexes, outcomes, missed, free));
        }

        await Task.WhenAll(calls);
    }

    private async Task AppendToEntityAsync(
        IReadOnlyList<EventData> data, EntityKey entity, List<int> indexes, AppendOutcome[] outcomes, MissedCauses missed, SemaphoreSlim free)
    {
        try
        {
            await (indexes.Count == 1
                ? FillAsync(outcomes, indexes[0], AppendAsync(data[indexes[0]], missed))
                : AppendInOrderAsync(data, entity, indexes, outcomes, missed));
        }
        finally
        {
            free.Release();
        }
    }

    private async Task AppendInOrderAsync(
        IReadOnlyList<EventData> data, EntityKey entity, List<int> indexes, AppendOutcome[] outcomes, MissedCauses missed)
    {
        var (known, resolved) = (new List<int>(indexes.Count), new List<EventData>(indexes.Count));
        foreach (var i in indexes)
        {
            try
            {
                resolved.Add(await causes.ResolveAsync(data[i], missed, CancellationToken.None));
                known.Add(i);
            }
            catch (Exception e) when (IsOutcome(e))
            {
                outcomes[i] = new AppendOutcome(Result: null, e);
            }
        }

        await FillAsync(outcomes, known, grains.Get(entity).AppendManyAsync([.. resolved]));
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
        e is EventRefusedException or EventLogUnavailableException or AppendOutcomeUnknownException || GrainCall.HasNoAnswer(e);

    private async Task<AppendResult> AppendWithoutEntityAsync(EventData data)
    {
        var cause = data.Options?.Cause;
        data = data.With(options: null);
        var hash = EventHash.OfRow(EventHash.None, data, version: 0, before: null, cause, expiry: null);
        return await log.AppendAsync(new EventToAppend(data, Version: 0, Before: null, cause, Expiry: null, hash), run: null).WaitAsync(Deadline, time);
    }
}
