using System.Buffers;
using System.Text;
using CsCheck;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;

namespace Flux.EventLog.Tests;

/// <summary>What every read model promises. A store's tests derive from it and only say how to open the store, and how to damage it.</summary>
public abstract class ReadModelConformance : IAsyncLifetime
{
    // Legal ids that orders of other kinds put elsewhere: a surrogate pair stands before U+FFFD in UTF-16 and after it in UTF-8.
    private static readonly string[] OddIds =
    [
        "", "!", "A/1", "a", "a/", "a/1", "a/1\u0001", "a/1\u0001\u0001", "a/1/2", "a/10", "a/2", "a/B", "a/_", "a/b", "a/%", "a/ ", "a/é",
        "a/e\u0301", "ab/1", "é/1",
        "z/\uD7FF", "z/\uE000", "z/\uFFFD", "z/\uFFFF", "z/😀", "z/\U0010FFFF", "z/\U0010FFFF\U0010FFFF", "\U0010FFFF",
    ];

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected IEventLog Log { get; private set; } = null!;

    protected IReadModel ReadModel { get; private set; } = null!;

    private protected TestEvents Events { get; } = new();

    /// <summary>Opens the store, new the first time, with a projection that runs.</summary>
    protected abstract ValueTask<(IEventLog Log, IReadModel ReadModel)> OpenAsync();

    /// <summary>Closes the store in good order.</summary>
    protected abstract ValueTask CloseAsync();

    /// <summary>Removes events from the log, as when they were taken to a storage that cannot be reached.</summary>
    protected abstract Task RemoveEventsAsync(Position first, Position last);

    /// <summary>Removes the snapshots of an entity, as if they had never been written.</summary>
    protected abstract Task RemoveSnapshotsAsync(string id);

    /// <summary>Changes the properties in a snapshot.</summary>
    protected abstract Task DamageSnapshotAsync(string id, long version);

    /// <summary>Tells of which versions there are snapshots.</summary>
    protected abstract Task<List<long>> FindSnapshotsAsync(string id);

    public async ValueTask InitializeAsync() => (Log, ReadModel) = await OpenAsync();

    public virtual async ValueTask DisposeAsync()
    {
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(1000)]
    public async Task Pages_show_every_range_in_the_order_of_the_utf8_bytes(int maxRows)
    {
        await AppendAsync([.. OddIds.Select(id => Events.Next(id.Replace("\u0001", "\\u0001", StringComparison.Ordinal), "n", 1))]);
        await ProjectAsync();

        foreach (var range in Ranges())
        {
            var expected = OddIds.Where(range.Contains).OrderBy(Encoding.UTF8.GetBytes, ByteOrder);
            Assert.Equal(expected, (await ReadPagesAsync(range, maxRows)).SelectMany(page => page.Entities).Select(e => e.Id));
        }

        static IEnumerable<EntityRange> Ranges()
        {
            yield return EntityRange.Everything;
            yield return EntityRange.Nothing;
            foreach (var id in OddIds)
            {
                yield return EntityRange.OfEntity(EntityKey.Trusted(id));
                yield return EntityRange.OfPrefix(id);
                yield return EntityRange.Everything.After(id);
                yield return EntityRange.OfPrefix("a/").After(id);
            }

            foreach (var prefix in (string[])["z/", "\0", "a\0", "\uD83D", new string('a', 2000), "nobody/"])
            {
                yield return EntityRange.OfPrefix(prefix);
            }
        }
    }

    [Fact]
    public async Task Due_times_are_in_states_old_and_new_and_what_is_due_is_found_in_its_order()
    {
        // Two snapshots' worth of versions, so that one is read as of a version between them.
        for (var i = 0; i < 600; i++)
        {
            await AppendAsync(Next("home/lamp", "n", i, i % 100 == 0 ? 1000 + i : null, i == 0 ? 9_000 : null));
        }

        await AppendAsync(Next("home/fan", "n", 1, 500, null), Next("home/door", "n", 1, 500, null), Next("home/gone", "n", 1, 1, 1), Delete("home/gone"));
        await AppendAsync(Next("home/late", "n", 1, 5_000, null), Next("home/set", "n", 1, 1, null), Events.Next("home/set", "n", 2));
        await ProjectAsync();

        foreach (var isRestarted in (bool[])[false, true])
        {
            if (isRestarted)
            {
                await CloseAsync();
                (Log, ReadModel) = await OpenAsync();
            }

            Assert.Equal([(500, "home/door"), (500, "home/fan")], await FindAsync(by: 500, DueEntity.First, 10));
            Assert.Equal([(500, "home/fan"), (5_000, "home/late")], await FindAsync(by: 5_000, new DueEntity(new Timestamp(500), "home/door"), 10));
            Assert.Equal([(500, "home/door")], await FindAsync(by: 5_000, DueEntity.First, 1));
            Assert.Equal((9_000, "home/lamp"), (await FindAsync(by: 9_000, DueEntity.First, 10))[^1]);
            var lamp = EntityKey.Trusted("home/lamp");
            foreach (var (version, at) in ((long, long?)[])[(0, null), (1, 1000), (2, null), (301, 1300), (302, null), (512, null), (501, 1500), (600, null)])
            {
                var state = await ReadModel.LoadAsync(lamp, version, Token);
                Assert.Equal(at, state.Expiry.Find("n")?.Microseconds);
                Assert.Equal(version == 0 ? null : 9_000, state.Expiry.Entity?.Microseconds);
            }

            Assert.Equal(9_000, (await ReadModel.LoadAsync(lamp, Token)).Expiry.Entity?.Microseconds);
        }

        EventToAppend Next(string id, string property, int value, long? propertyDue, long? entityDue) => Events.Next(
            TestEvents.Data(TestEvents.Set(id, property, value)),
            cause: null,
            propertyDue is null && entityDue is null
                ? null
                : Expiry.Of(
                    entityDue is { } entity ? new Timestamp(entity) : null, propertyDue is { } due ? [new DueProperty(property, new Timestamp(due))] : []));

        async Task<List<(long At, string Id)>> FindAsync(long by, DueEntity after, int maxCount) =>
            [.. (await ReadModel.FindDueAsync(new Timestamp(by), after, maxCount, Token)).Select(due => (due.At.Microseconds, due.Id))];
    }

    [Fact]
    public async Task A_page_passes_over_deleted_entities_and_the_records_of_Flux()
    {
        await AppendAsync(
            Events.Next("$flu/1", "n", 1), Events.Next("$flux/config", "n", 1), Events.Next("$flux/namespaces/home", "n", 1),
            Events.Next("$flux0", "n", 1), Events.Next("home/fan", "n", 1), Events.Next("home/lamp", "n", 1), Delete("home/fan"),
            Events.Next(TestEvents.Data("""{"entity_id":"home/nothing"}""")));
        await ProjectAsync();

        var all = await ReadModel.ReadPageAsync(EntityRange.Everything, maxRows: 100, Token);
        var two = await ReadModel.ReadPageAsync(EntityRange.OfPrefix("$flux/"), maxRows: 2, Token);

        Assert.Equal(["$flu/1", "$flux0", "home/lamp"], all.Entities.Select(e => e.Id));
        Assert.Equal((new Position(8), null), (all.Position, all.Rest));
        Assert.Empty(two.Entities);
        Assert.Equal("$flux/namespaces/home\u0001", two.Rest?.Start);
        Assert.Equal(["$flux/config", "$flux/namespaces/home"], await ListAsync("$flux", "$flux/"));
    }

    [Fact]
    public async Task A_page_of_large_entities_ends_early_but_holds_one_at_least()
    {
        (string Id, int Size)[] sizes =
            [("a", 700_000), ("b", 200_000), ("c", 200_000), ("d", 900_000), ("e", 900_000), ("f", 10), ("g", 10)];
        foreach (var (id, size) in sizes)
        {
            await AppendAsync(Events.Next(id, "p", $"\"{new string('x', size)}\""));
            if (size == 900_000)
            {
                await AppendAsync(Events.Next(id, "q", $"\"{new string('y', size)}\"")); // 1.8 MB: more than a page
            }
        }

        await ProjectAsync();

        var pages = await ReadPagesAsync(EntityRange.Everything, maxRows: 1000);

        Assert.Equal(["ab", "c", "d", "e", "fg"], pages.Select(page => string.Concat(page.Entities.Select(e => e.Id))));
    }

    [Fact]
    public async Task A_page_of_an_empty_range_has_a_position_too()
    {
        await AppendAsync(Events.Next("home/lamp", "n", 1), Events.Next("home/lamp", "n", 2));
        await ProjectAsync();

        var page = await ReadModel.ReadPageAsync(EntityRange.Nothing, maxRows: 1, Token);

        Assert.Empty(page.Entities);
        Assert.Equal((new Position(2), null), (page.Position, page.Rest));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await ReadModel.ReadPageAsync(EntityRange.Everything, maxRows: 0, Token));
    }

    [Fact]
    public async Task Each_page_read_while_events_are_appended_is_the_fold_of_the_log_up_to_its_position()
    {
        var random = new Random(11);
        var writing = Task.Run(WriteAsync, Token);
        var read = new List<(EntityRange Range, EntityPage Page)>();
        while (!writing.IsCompleted)
        {
            for (EntityRange? rest = EntityRange.OfPrefix("m/"); rest is not null; rest = read[^1].Page.Rest)
            {
                read.Add((rest, await ReadModel.ReadPageAsync(rest, maxRows: 7, Token)));
            }
        }

        await writing;
        Assert.True(read.Select(r => r.Page.Position).Distinct().Count() > 10, "the pages show too few moments to say anything");
        var states = new Dictionary<string, EntityState>(StringComparer.Ordinal);
        var rows = new Queue<RecordedEvent>(await ReadLogAsync());
        foreach (var (range, page) in read.OrderBy(r => r.Page.Position))
        {
            while (rows.TryPeek(out var row) && row.Position <= page.Position)
            {
                rows.Dequeue();
                states[row.Data.Entity!.Value.Id] = states.GetValueOrDefault(row.Data.Entity.Value.Id, EntityState.Empty).Apply(row);
            }

            var expected = states.Where(s => s.Value.Exists && range.Contains(s.Key) && page.Rest?.Contains(s.Key) is not true)
                .OrderBy(s => s.Key, EntityIdOrder.Instance)
                .Select(s => Show(s.Key, s.Value));
            Assert.Equal(expected, page.Entities.Select(e => (e.Id, e.Version, e.LastUpdated, Encoding.UTF8.GetString(e.Properties))));
        }

        async Task WriteAsync()
        {
            for (var i = 0; i < 150; i++)
            {
                await AppendAsync([.. Enumerable.Range(0, 10).Select(_ => RandomEvent($"m/{random.Next(60)}", random.Next()))]);
                if (i % 3 == 0)
                {
                    await ProjectAsync();
                }
            }
        }

        static (string Id, long Version, Timestamp LastUpdated, string Properties) Show(string id, EntityState state) =>
            (id, state.Version, state.LastUpdated, PropertiesOf(state));
    }

    [Fact]
    public async Task A_state_of_any_version_is_the_fold_of_the_events_up_to_it()
    {
        var histories = 0;
        await Gen.Select(Gen.Int[1, 800], Gen.Int[0, 1000], Gen.Int[1, 1000]).SampleAsync(
            async (length, projected, seed) =>
            {
                var id = $"history/{Interlocked.Increment(ref histories)}";
                var random = new Random(seed);
                for (var i = 0; i < length;)
                {
                    var count = Math.Min(random.Next(1, 50), length - i);
                    await AppendAsync([.. Enumerable.Range(0, count).Select(_ => RandomEvent(id, random.Next()))]);
                    i += count;
                    if (projected >= i - count && projected < i)
                    {
                        await ProjectAsync();
                    }
                }

                await AssertEveryVersionAsync(id, length);
            },
            iter: 6,
            threads: 1);
    }

    [Fact]
    public async Task A_state_of_long_ago_needs_no_events_but_those_after_its_snapshot()
    {
        await AppendManyAsync("home/lamp", 1000);
        await ProjectAsync();
        var expected = await FoldAsync("home/lamp");
        await ReopenAsync(); // nothing of it is in memory any more
        await RemoveEventsAsync(new Position(1), new Position(512));

        Assert.Equal([256, 512, 768], await FindSnapshotsAsync("home/lamp"));
        foreach (var version in (long[])[256, 512, 513, 700, 767, 768, 769, 999, 1000])
        {
            AssertSame(expected[(int)version], await LoadAsync("home/lamp", version));
        }
    }

    [Fact]
    public async Task A_version_that_there_is_not_is_refused_with_both_numbers()
    {
        await AppendManyAsync("home/lamp", 3);
        await ProjectAsync();
        await AppendManyAsync("home/lamp", 2);

        Assert.Same(EntityState.Empty, await LoadAsync("home/lamp", 0));
        Assert.Equal(5, (await LoadAsync("home/lamp", 5)).Version);
        var e = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => LoadAsync("home/lamp", 6));
        Assert.Contains("home/lamp has 5 versions, so none with the number 6", e.Message, StringComparison.Ordinal);
        e = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => LoadAsync("home/nobody", 1));
        Assert.Contains("home/nobody has 0 versions, so none with the number 1", e.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => LoadAsync("home/lamp", -1));
        Assert.Same(EntityState.Empty, await LoadAsync("home/nobody", 0));
    }

    [Fact]
    public async Task A_damaged_snapshot_is_not_believed_and_is_written_anew()
    {
        await AppendManyAsync("home/lamp", 800);
        await ProjectAsync();
        var expected = await FoldAsync("home/lamp");
        await DamageSnapshotAsync("home/lamp", 512);

        AssertSame(expected[600], await LoadAsync("home/lamp", 600));

        await ReopenAsync();
        await RemoveEventsAsync(new Position(1), new Position(512)); // so that only the snapshot can say
        AssertSame(expected[512], await LoadAsync("home/lamp", 512));
        AssertSame(expected[600], await LoadAsync("home/lamp", 600));
    }

    [Fact]
    public async Task Missing_snapshots_cost_time_once_and_never_a_wrong_state()
    {
        await AppendManyAsync("home/lamp", 800);
        await AppendManyAsync("home/fan", 300);
        await ProjectAsync();
        await RemoveSnapshotsAsync("home/lamp");
        Assert.Empty(await FindSnapshotsAsync("home/lamp"));

        var expected = await FoldAsync("home/lamp");
        AssertSame(expected[700], await LoadAsync("home/lamp", 700));

        Assert.Equal([256, 512], await FindSnapshotsAsync("home/lamp"));
        Assert.Equal([256], await FindSnapshotsAsync("home/fan"));
        await AssertEveryVersionAsync("home/lamp", 800);
    }

    [Fact]
    public async Task Snapshots_follow_a_projection_that_is_behind()
    {
        await AppendManyAsync("home/lamp", 10);
        await ProjectAsync();
        await AppendManyAsync("home/lamp", 600); // perhaps projected meanwhile, perhaps not
        await AssertEveryVersionAsync("home/lamp", 610);
        await ProjectAsync();

        Assert.Equal([256, 512], await FindSnapshotsAsync("home/lamp"));
        await AssertEveryVersionAsync("home/lamp", 610);
    }

    private protected static Comparer<byte[]> ByteOrder { get; } = Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b));

    private protected static string PropertiesOf(EntityState state)
    {
        var output = new ArrayBufferWriter<byte>();
        state.WriteProperties(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private protected static void AssertSame(EntityState expected, EntityState actual)
    {
        Assert.Equal((expected.Version, expected.LastUpdated), (actual.Version, actual.LastUpdated));
        Assert.Equal(PropertiesOf(expected), PropertiesOf(actual));
        Assert.Equal(expected.Hash, actual.Hash);
    }

    private protected async Task AppendAsync(params EventToAppend[] events) =>
        Assert.All(await Log.AppendAsync(events, Token), result => Assert.IsType<AppendResult.Appended>(result));

    private protected async Task AppendManyAsync(string id, int count)
    {
        var random = new Random(count);
        foreach (var chunk in Enumerable.Range(0, count).Chunk(100))
        {
            await AppendAsync([.. chunk.Select(_ => RandomEvent(id, random.Next()))]);
        }
    }

    private protected async Task ProjectAsync()
    {
        var head = (await Log.ReadHeadAsync(Token)).Position;
        Assert.True(await ReadModel.WaitForAsync(head, Limit, Token), $"the projection did not reach {head}");
    }

    private protected async Task<EntityState> LoadAsync(string id, long version) =>
        await ReadModel.LoadAsync(EntityKey.Trusted(id), version, Token);

    private protected async Task ReopenAsync()
    {
        await CloseAsync();
        (Log, ReadModel) = await OpenAsync();
    }

    private protected EventToAppend Delete(string id) =>
        Events.Next(TestEvents.Data($$$"""{"entity_id":"{{{id}}}","properties":{"__deleted__":true}}"""));

    /// <summary>Compares every version of an entity with the fold of the log.</summary>
    private protected async Task AssertEveryVersionAsync(string id, int count)
    {
        var expected = await FoldAsync(id);
        Assert.Equal(count, expected.Count - 1);
        for (var version = 0; version <= count; version++)
        {
            AssertSame(expected[version], await LoadAsync(id, version));
        }
    }

    private async Task<List<EntityState>> FoldAsync(string id)
    {
        var states = new List<EntityState> { EntityState.Empty };
        foreach (var row in await Log.ReadEntityAsync(EntityKey.Trusted(id), afterVersion: 0, maxCount: 10_000, Token))
        {
            states.Add(states[^1].Apply(row));
        }

        return states;
    }

    private EventToAppend RandomEvent(string id, int random) => (random % 40) switch
    {
        0 or 1 => Delete(id),
        2 => Events.Next(TestEvents.Data($$$"""{"entity_id":"{{{id}}}"}""")),
        3 => Events.Next(id, $"only-{random}", "null"),
        _ => Events.Next(id, $"p{random % 7}", $$"""{"a":{{random}},"é😀":[1.50]}"""),
    };

    private async Task<List<EntityPage>> ReadPagesAsync(EntityRange range, int maxRows)
    {
        var pages = new List<EntityPage>();
        for (EntityRange? rest = range; rest is not null; rest = pages[^1].Rest)
        {
            var page = await ReadModel.ReadPageAsync(rest, maxRows, Token);
            Assert.InRange(page.Entities.Count, 0, maxRows);
            pages.Add(page);
        }

        return pages;
    }

    private async Task<List<string>> ListAsync(string? ns, string prefix)
    {
        var ids = new List<string>();
        await foreach (var entity in ReadModel.ListAsync(ns, prefix, Token))
        {
            ids.Add(entity.Id);
        }

        return ids;
    }

    private async Task<List<RecordedEvent>> ReadLogAsync()
    {
        var all = new List<RecordedEvent>();
        for (LogPage? page = null; page?.IsLast is not true; all.AddRange(page.Events))
        {
            page = await Log.ReadAsync(LogScope.All, page?.Next ?? new Position(1), ReadDirection.Forward, 1000, Token);
        }

        return all;
    }
}
