using System.Globalization;
using System.Text;
using System.Text.Json;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.EventLog.Past;

namespace Flux.EventLog.Tests;

/// <summary>What every store promises of the past: it is what a fold of the log up to a position gives. The fold here is the test's own.</summary>
public abstract class PastConformance : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly bool IsLongRun = Environment.GetEnvironmentVariable("FLUX_LONG") == "1";

    // Each way to many entities, and what the store chooses by itself.
    private static readonly PastLimits[] Ways =
    [
        new() { FewEntities = 0, PageRows = 7 },
        new() { FewEntities = 0, MaxEvents = 0, PageRows = 7 },
        new() { FewEntities = 0, MaxBytes = 0, PageRows = 5 },
        new() { FewEntities = 20, MaxEvents = 0, PageRows = 3 },
        new(),
    ];

    private readonly TestEvents _events = new();
    private readonly List<(long Position, string? Id, JsonElement Properties, Timestamp RecordedAt)> _recorded = [];

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>How many events are between two checkpoints of the store.</summary>
    protected const int CheckpointEvents = 150;

    protected IEventLog Log { get; private set; } = null!;

    protected IReadModel ReadModel { get; private set; } = null!;

    protected IPastStates Past { get; private set; } = null!;

    /// <summary>Opens the store, new the first time, with a projection that runs.</summary>
    protected abstract ValueTask<(IEventLog Log, IReadModel ReadModel, IPastStates Past)> OpenAsync();

    /// <summary>Closes the store in good order.</summary>
    protected abstract ValueTask CloseAsync();

    /// <summary>Makes a reader of the past with limits of its own.</summary>
    private protected abstract IPastStates CreatePast(PastLimits limits);

    /// <summary>Waits until no checkpoint is being made.</summary>
    protected abstract Task WaitForCheckpointsAsync();

    /// <summary>Tells at which positions there are checkpoints.</summary>
    protected abstract Task<List<long>> FindCheckpointsAsync();

    /// <summary>Removes events from the log, as when they were taken to a storage that cannot be reached.</summary>
    protected abstract Task RemoveEventsAsync(Position first, Position last);

    public async ValueTask InitializeAsync() => (Log, ReadModel, Past) = await OpenAsync();

    public virtual async ValueTask DisposeAsync()
    {
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task All_entities_at_any_position_are_the_fold_of_the_log_up_to_it()
    {
        var random = new Random(5);
        await WriteHistoryAsync(random, events: 2000);
        Assert.True((await FindCheckpointsAsync()).Count > 3, "there are too few checkpoints to say anything");

        var positions = Enumerable.Range(0, 100).Select(_ => random.NextInt64(_recorded.Count + 1)).Append(1).Append(_recorded.Count);
        foreach (var (i, position) in positions.Index())
        {
            // Each of the other ways takes its turn; in the long run each goes to every position.
            var expected = Fold(position).ToList();
            foreach (var limits in IsLongRun ? Ways : [Ways[i % (Ways.Length - 1)], Ways[^1]])
            {
                Assert.Equal(expected, await ListAsync(CreatePast(limits), EntityRange.Everything, position));
            }
        }
    }

    [Fact]
    public async Task A_range_at_a_position_holds_what_is_in_it_and_nothing_else()
    {
        var random = new Random(6);
        await WriteHistoryAsync(random, events: 700);
        EntityRange[] ranges =
        [
            EntityRange.OfPrefix("m/"), EntityRange.OfPrefix("m/1"), EntityRange.OfNamespace("w", string.Empty), EntityRange.OfEntity(EntityKey.Trusted("m/3")),
            EntityRange.OfPrefix("nobody/"), EntityRange.Nothing, EntityRange.OfPrefix("m/1").After("m/14"),
        ];

        foreach (var position in (long[])[0, 1, 149, 151, 400, 650, _recorded.Count])
        {
            foreach (var (range, limits) in ranges.SelectMany(range => Ways.Select(limits => (range, limits))))
            {
                Assert.Equal(
                    Fold(position).Where(state => range.Contains(state.Id)), await ListAsync(CreatePast(limits), range, position));
            }
        }
    }

    [Fact]
    public async Task The_pages_of_a_position_are_the_list_of_it()
    {
        var random = new Random(11);
        await WriteHistoryAsync(random, events: 500);
        foreach (var position in (long[])[0, 1, 200, _recorded.Count])
        {
            var shown = new List<string>();
            for (EntityRange? rest = EntityRange.Everything; rest is not null;)
            {
                var page = await Past.ReadPageAsync(rest, new Position(position), maxRows: 7, Token);
                Assert.InRange(page.Entities.Count, 0, 7);
                shown.AddRange(page.Entities.Select(Show));
                rest = page.Rest;
                await WriteAsync(random, events: 2, entities: 40);
                await ProjectAsync();
            }

            Assert.Equal(Fold(position).Select(state => state.Text), shown);
        }
    }

    [Fact]
    public async Task A_page_of_what_was_large_ends_early_though_it_is_small_now()
    {
        var ids = Enumerable.Range(10, 40).Select(i => $"m/{i}").ToList();
        await AppendAsync([.. ids.Select(id => Payload(id, $"\"a\":\"{new string('x', 300_000)}\""))]);
        var position = _recorded.Count;
        await AppendAsync([.. ids.Select(id => Payload(id, "\"a\":1"))]);
        await ProjectAsync();

        var shown = new List<string>();
        for (EntityRange? rest = EntityRange.Everything; rest is not null;)
        {
            var page = await Past.ReadPageAsync(rest, new Position(position), maxRows: 100, Token);
            Assert.InRange(page.Entities.Count, 1, 8); // one more round of reads than a MiB needs
            shown.AddRange(page.Entities.Select(entity => entity.Id));
            rest = page.Rest;
        }

        Assert.Equal(ids, shown);
    }

    [Fact]
    public async Task Each_entity_at_any_position_is_the_fold_of_its_events_up_to_it()
    {
        var random = new Random(7);
        await WriteHistoryAsync(random, events: 1000, entities: 3); // hundreds of versions: beyond the first snapshot
        for (var i = 0; i < 100; i++)
        {
            var position = random.NextInt64(_recorded.Count + 1);
            var expected = Fold(position).ToDictionary(state => state.Id, state => state.Text, StringComparer.Ordinal);
            foreach (var id in (string[])["m/0", "m/1", "m/2", "w/wide", "nobody"])
            {
                var state = await Past.LoadAsync(EntityKey.Trusted(id), new Position(position), Token);
                Assert.Equal(expected.GetValueOrDefault(id), state.Exists ? Show(ToListed(id, state)) : null);
            }
        }
    }

    [Fact]
    public async Task The_past_stays_as_it_was_while_it_is_read_and_others_write()
    {
        var random = new Random(8);
        await WriteHistoryAsync(random, events: 600);
        var position = _recorded.Count - 5;
        var expected = Fold(position).ToList();
        foreach (var limits in Ways)
        {
            var read = new List<string>();
            await foreach (var entity in CreatePast(limits).ListAsync(EntityRange.Everything, new Position(position), Token))
            {
                if (read.Count % 10 == 0)
                {
                    await WriteAsync(random, events: 3, entities: 40); // between the pages, and before them
                    await ProjectAsync();
                }

                read.Add(Show(entity));
            }

            Assert.Equal(expected.Select(state => state.Text), read);
        }
    }

    [Fact]
    public async Task A_state_of_long_ago_needs_no_events_but_those_after_its_checkpoint()
    {
        await WriteHistoryAsync(new Random(9), events: 800);
        var checkpoint = (await FindCheckpointsAsync())[^1];
        var position = Math.Min(checkpoint + 20, _recorded.Count);
        var big = Fold(position).Where(state => state.Text.Length > Checkpoints.MaxProperties).Select(state => state.Id).ToList();
        await CloseAsync();
        (Log, ReadModel, Past) = await OpenAsync(); // nothing of it is in memory any more
        var expected = Fold(position).Where(state => state.Id.StartsWith("m/", StringComparison.Ordinal)).ToList();
        await RemoveEventsAsync(new Position(1), new Position(checkpoint));

        Assert.Equal(expected, await ListAsync(CreatePast(Ways[0]), EntityRange.OfPrefix("m/"), position));
        Assert.NotEmpty(big); // and large ones, which have a range of their own here, are read from their own events
    }

    [Fact]
    public async Task An_entity_of_which_the_log_lacks_an_event_is_left_out_of_the_past_and_no_other_is()
    {
        await WriteHistoryAsync(new Random(10), events: 300);
        var checkpoint = (await FindCheckpointsAsync()).First();
        await CloseAsync();
        (Log, ReadModel, Past) = await OpenAsync();
        var (removed, harmed, _, _) = _recorded.First(recorded => recorded.Position > checkpoint && recorded.Id is not null);
        await RemoveEventsAsync(new Position(removed), new Position(removed));

        foreach (var limits in Ways)
        {
            var listed = await ListAsync(CreatePast(limits), EntityRange.Everything, removed + 1);

            Assert.Equal(Fold(removed + 1).Where(entity => entity.Id != harmed), listed);
        }
    }

    [Fact]
    public async Task Checkpoints_are_apart_by_events_and_by_twice_the_entities()
    {
        await WriteAsync(new Random(12), events: 2 * CheckpointEvents, entities: 4 * CheckpointEvents, setsOnly: true, batch: 10);
        var few = await FindCheckpointsAsync();
        await WriteAsync(new Random(13), events: 8 * CheckpointEvents, entities: 4 * CheckpointEvents, setsOnly: true, batch: 10);
        var many = await FindCheckpointsAsync();

        Assert.Empty(few); // too few events for that many entities
        Assert.NotEmpty(many);
        long last = 0;
        foreach (var position in many)
        {
            Assert.InRange(position - last, Math.Max(CheckpointEvents, 2 * Fold(position).Count()), long.MaxValue);
            last = position;
        }

        Assert.InRange(_recorded.Count - last, 0, (2 * Fold(_recorded.Count).Count()) + CheckpointEvents);
    }

    private static string Show(ListedEntity entity)
    {
        using var json = JsonDocument.Parse(entity.Properties);
        return Show(
            entity.Id, entity.Version, entity.LastUpdated, json.RootElement.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetRawText(), StringComparer.Ordinal));
    }

    private static string Show(string id, long version, Timestamp lastUpdated, Dictionary<string, string> properties) => string.Create(
        CultureInfo.InvariantCulture,
        $"{id} v{version} {lastUpdated.Microseconds} {string.Join(", ", properties.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={p.Value}"))}");

    private static ListedEntity ToListed(string id, EntityState state)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        state.WriteProperties(output);
        return new ListedEntity(id, output.WrittenSpan.ToArray(), state.LastUpdated, state.Version);
    }

    private static async Task<List<(string Id, string Text)>> ListAsync(IPastStates past, EntityRange range, long position)
    {
        var entities = new List<(string Id, string Text)>();
        await foreach (var entity in past.ListAsync(range, new Position(position), Token))
        {
            entities.Add((entity.Id, Show(entity)));
        }

        return entities;
    }

    /// <summary>Folds what was written up to a position, the simplest way.</summary>
    private IEnumerable<(string Id, string Text)> Fold(long position)
    {
        var entities = new SortedDictionary<string, (long Version, Timestamp LastUpdated, Dictionary<string, string> Properties)>(
            Comparer<string>.Create((a, b) => Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b))));
        foreach (var (_, id, properties, recordedAt) in _recorded.Take((int)position))
        {
            if (id is null)
            {
                continue;
            }

            var (version, lastUpdated, values) = entities.TryGetValue(id, out var known) ? known : (0, default, new(StringComparer.Ordinal));
            if (properties.ValueKind == JsonValueKind.Object && properties.EnumerateObject().Any())
            {
                if (properties.TryGetProperty("__deleted__", out _))
                {
                    lastUpdated = values.Count > 0 ? recordedAt : lastUpdated;
                    values = new(StringComparer.Ordinal);
                }
                else
                {
                    lastUpdated = recordedAt;
                    values = new(values, StringComparer.Ordinal);
                    foreach (var property in properties.EnumerateObject())
                    {
                        values[property.Name] = property.Value.GetRawText();
                    }
                }
            }

            entities[id] = (version + 1, lastUpdated, values);
        }

        return entities.Where(e => e.Value.Properties.Count > 0)
            .Select(e => (e.Key, Show(e.Key, e.Value.Version, e.Value.LastUpdated, e.Value.Properties)));
    }

    private async Task WriteHistoryAsync(Random random, int events, int entities = 60)
    {
        await AppendAsync([Wide("w/wide", random), Wide("w/gone", random), Payload("w/gone", "\"__deleted__\":true"), Payload("$flux/config", "\"a\":1")]);
        await WriteAsync(random, events - 4, entities);
    }

    private async Task WriteAsync(Random random, int events, int entities, bool setsOnly = false, int batch = 30)
    {
        for (var written = 0; written < events;)
        {
            var count = Math.Min(random.Next(1, batch), events - written);
            await AppendAsync([.. Enumerable.Range(0, count).Select(_ => Payload(random, entities, setsOnly))]);
            written += count;
            await ProjectAsync();
            await WaitForCheckpointsAsync();
        }
    }

    private async Task ProjectAsync()
    {
        var head = (await Log.ReadHeadAsync(Token)).Position;
        Assert.True(await ReadModel.WaitForAsync(head, Limit, Token), $"the projection did not reach {head}");
    }

    private async Task AppendAsync(string[] payloads)
    {
        var results = await Log.AppendAsync([.. payloads.Select(payload => _events.Next(TestEvents.Data(payload)))], Token);
        foreach (var (payload, result) in payloads.Zip(results))
        {
            var recorded = Assert.IsType<AppendResult.Appended>(result).Event;
            Assert.Equal(_recorded.Count + 1, recorded.Position.Value);
            var json = JsonDocument.Parse(payload).RootElement;
            _recorded.Add((
                recorded.Position.Value,
                json.TryGetProperty("entity_id", out var id) ? id.GetString() : null,
                json.TryGetProperty("properties", out var properties) ? properties : default,
                recorded.RecordedAt));
        }
    }

    private static string Payload(Random random, int entities, bool setsOnly)
    {
        var id = $"m/{random.Next(entities)}";
        return (setsOnly ? 20 : random.Next(20)) switch
        {
            0 or 1 => Payload(id, "\"__deleted__\":true"),
            2 => $$"""{"entity_id":"{{id}}"}""",
            3 => Payload(id, string.Empty),
            4 => """{"other":1}""",
            5 => Payload("w/wide", $"\"p{random.Next(300)}\":{random.Next()}"),
            6 => Payload("w/gone", $"\"p{random.Next(3)}\":[{random.Next()}]"),
            7 => Payload("z/😀", $"\"é\":\"{random.Next()}\""),
            8 => Payload("z/\uFFFD", $"\"é\":{random.Next()}"),
            9 or 10 when random.Next(2) == 0 => Payload("z/names", $$"""
                "a\"b":{{random.Next()}},"Z":{"é":1},"{{(random.Next(4) == 0 ? "ü" : "z")}}":{{random.Next(3)}},"\u0001":0,"":[]
                """),
            9 => Payload(id, $"\"only-{random.Next()}\":null"),
            _ => Payload(id, $$"""
                "p{{random.Next(5)}}":{"a":{{random.Next()}},"b":[1.50]},"q":{{random.Next(3)}}
                """),
        };
    }

    private static string Payload(string id, string properties) => $$$"""{"entity_id":"{{{id}}}","properties":{{{{properties}}}}}""";

    // More than a checkpoint copies.
    private static string Wide(string id, Random random) =>
        Payload(id, string.Join(',', Enumerable.Range(0, 300).Select(i => $"\"p{i}\":\"{random.Next()} and more\"")));
}
