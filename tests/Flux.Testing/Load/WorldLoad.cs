using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Flux.Testing.History;

namespace Flux.Testing.Load;

/// <summary>Writers that publish, repeat, collide, batch, delete and read, and record it all.</summary>
[SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "A load is to be replayable from its seed.")]
public sealed class WorldLoad(IReadOnlyList<Uri> servers, LoadOptions options, HistoryRecorder recorder, TimeProvider time)
{
    // Two loads of one history must not take each other's event ids.
    private static int _loads;

    // Guards against hanging, and is no target.
    private static readonly TimeSpan WaitLimit = TimeSpan.FromMinutes(3);

    private readonly int _load = Interlocked.Increment(ref _loads);
    private long _settled;

    /// <summary>Gets how many steps have ended.</summary>
    public long Settled => Interlocked.Read(ref _settled);

    /// <summary>Names an entity.</summary>
    /// <param name="number">Its number, from 0.</param>
    /// <returns>Its id.</returns>
    public string EntityId(int number) => $"{options.Namespaces[number % options.Namespaces.Count]}/line-{number % 7}/e{number}";

    /// <summary>Runs all writers.</summary>
    /// <param name="stop">Ends the load in good order: every writer first settles what it has sent.</param>
    /// <param name="cancellationToken">Gives up at once.</param>
    /// <returns>A task that ends when all writers have.</returns>
    public Task RunAsync(CancellationToken stop, CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, options.Writers).Select(w => Task.Run(() => WriteAsync(w, stop, cancellationToken), cancellationToken)));

    /// <summary>Waits until so many more steps have ended.</summary>
    /// <param name="steps">How many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A task that ends then.</returns>
    public async Task WaitForAsync(long steps, CancellationToken cancellationToken)
    {
        var target = Settled + steps;
        using var limit = new CancellationTokenSource(WaitLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5), time);
        try
        {
            while (Settled < target)
            {
                await timer.WaitForNextTickAsync(either.Token);
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new TimeoutException($"the load stands still: {Settled} steps were settled, {target} were waited for");
        }
    }

    /// <summary>Sets every entity once, in batches.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A task that ends when all are there.</returns>
    public async Task PreloadAsync(CancellationToken cancellationToken)
    {
        using var client = new FluxClient($"preload-{_load}", servers, recorder, time);
        foreach (var chunk in Enumerable.Range(0, options.Entities).Chunk(500))
        {
            await client.PublishAsync(
                [.. chunk.Select(n => Event($"p{_load}-{n}", "preload", EntityId(n), "{\"kind\":\"preloaded\"}"))], cancellationToken);
        }
    }

    private Uri[] AddressesOf(int writer)
    {
        var first = writer % servers.Count;
        return options.Pinned ? [servers[first]] : [.. servers.Skip(first), .. servers.Take(first)];
    }

    private static OutgoingEvent Event(string id, string source, string entity, string properties) =>
        OutgoingEvent.Create(id, source, $$"""{"entity_id":"{{entity}}","note":"{{id}}","properties":{{properties}}}""");

    private async Task WriteAsync(int writer, CancellationToken stop, CancellationToken cancellationToken)
    {
        var random = Seed.Random(options.Seed, writer);
        var name = string.Create(CultureInfo.InvariantCulture, $"w{_load}-{writer}");
        using var client = new FluxClient(name, AddressesOf(writer), recorder, time);
        var acked = new List<OutgoingEvent>();
        var begun = time.GetTimestamp();
        for (var step = 0; !stop.IsCancellationRequested && step != options.StepsPerWriter; step++)
        {
            await StepAsync(client, name, step, random, acked, cancellationToken);
            Interlocked.Increment(ref _settled);
            var pause = options.Pause > TimeSpan.Zero ? options.Pause : (options.Every * (step + 1)) - time.GetElapsedTime(begun);
            if (pause > TimeSpan.Zero)
            {
                await Task.Delay(pause, time, cancellationToken);
            }
        }
    }

    private async Task StepAsync(FluxClient client, string name, int step, Random random, List<OutgoingEvent> acked, CancellationToken cancellationToken)
    {
        var choice = random.NextDouble();
        bool Chose(double share) => (choice -= share) < 0;

        if (Chose(options.ReadShare))
        {
            await client.ReadAsync(RandomEntity(random), cancellationToken);
        }
        else if (Chose(options.DeleteShare))
        {
            await client.DeleteAsync(RandomEntity(random), cancellationToken);
        }
        else if (Chose(options.BatchShare))
        {
            var batch = Enumerable.Range(0, 2 + random.Next(20)).Select(i => NewEvent($"{name}-{step}-{i}", name, random)).ToArray();
            await client.PublishAsync(batch, cancellationToken);
            acked.Add(batch[0]);
        }
        else if (acked.Count > 0 && Chose(options.RetryShare))
        {
            await client.PublishAsync(acked[random.Next(acked.Count)], cancellationToken);
        }
        else if (acked.Count > 0 && Chose(options.ConflictShare))
        {
            var first = acked[random.Next(acked.Count)];
            var other = System.Text.Encoding.UTF8.GetString(first.Payload).Replace("\"note\":\"", "\"note\":\"not ", StringComparison.Ordinal);
            await client.PublishAsync(OutgoingEvent.Create(first.EventId, name, other), cancellationToken);
        }
        else
        {
            var fresh = NewEvent($"{name}-{step}", name, random);
            await client.PublishAsync(fresh, cancellationToken);
            acked.Add(fresh);
        }
    }

    // One in ten goes to one entity, as in the fault model's load.
    private string RandomEntity(Random random) => EntityId(random.Next(10) == 0 ? 0 : random.Next(options.Entities));

    private OutgoingEvent NewEvent(string id, string source, Random random)
    {
        if (random.NextDouble() < options.NoOpShare)
        {
            return random.Next(2) == 0
                ? OutgoingEvent.Create(id, source, $$"""{"note":"{{id}}","about":"nothing"}""")
                : Event(id, source, RandomEntity(random), "{}");
        }

        var entity = RandomEntity(random);
        if (options.Properties is { } make)
        {
            return Event(id, source, entity, make(entity, id, random));
        }

        var properties = random.Next(3) switch
        {
            0 => $$"""{"v":"{{id}}"}""",
            1 => $$$"""{"v":"{{{id}}}","big":9007199254740993,"nested":{"of":"{{{id}}}","list":[1,2.50,null]}}""",
            _ => $$"""{"p{{random.Next(5)}}":"{{id}}","v":null,"v":"{{id}} ü"}""",
        };
        return Event(id, source, entity, properties);
    }
}
