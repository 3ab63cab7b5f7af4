using System.Globalization;
using System.Text;
using System.Text.Json;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.Core.Series;

namespace Flux.EventLog.Tests;

/// <summary>What every reader of series promises: the same as a plain scan of the log, whatever is kept. A store's tests derive from it.</summary>
public abstract class SeriesConformance : IAsyncLifetime
{
    private const string Plant = "plant/pump";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static readonly string[] Names = ["temp", "mode", "", "a\\u0000b", "é😀"];

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected IEventLog Log { get; private set; } = null!;

    protected IReadModel ReadModel { get; private set; } = null!;

    protected ISeriesReader Series { get; private set; } = null!;

    private protected TestEvents Events { get; } = new();

    /// <summary>Opens the store, new the first time, with a projection that runs.</summary>
    protected abstract ValueTask<(IEventLog Log, IReadModel ReadModel, ISeriesReader Series)> OpenAsync();

    /// <summary>Closes the store in good order.</summary>
    protected abstract ValueTask CloseAsync();

    /// <summary>Removes events from the log, as when they were taken to a storage that cannot be reached.</summary>
    protected abstract Task RemoveEventsAsync(Position first, Position last);

    /// <summary>Removes all that is kept of series.</summary>
    protected abstract Task RemoveChunksAsync();

    /// <summary>Changes a byte in each chunk.</summary>
    protected abstract Task DamageChunksAsync();

    /// <summary>Counts the stretches that are kept, and the chunks.</summary>
    protected abstract Task<(long Stretches, long Chunks)> CountAsync();

    public async ValueTask InitializeAsync() => (Log, ReadModel, Series) = await OpenAsync();

    public virtual async ValueTask DisposeAsync()
    {
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_series_is_what_a_plain_scan_finds_whoever_made_its_chunks(int seed)
    {
        var random = new Random(seed);
        await WriteAsync(random, 700);
        await AssertSeriesAsync(random); // perhaps projected meanwhile, perhaps not
        await ProjectAsync();
        await AssertSeriesAsync(random);
        await ReopenAsync(); // in the middle of a stretch
        await WriteAsync(random, 650);
        await ProjectAsync();
        await AssertSeriesAsync(random);
        await RemoveChunksAsync();
        await AssertSeriesAsync(random); // made by readers
        await AssertSeriesAsync(random);
    }

    [Fact]
    public async Task The_projection_gathers_all_but_the_first_stretch_and_what_it_was_interrupted_in()
    {
        await WriteNumbersAsync(Plant, 600);
        await ProjectAsync();
        Assert.Equal((1, 1), await CountAsync()); // 257 to 512
        await ReopenAsync();
        await WriteNumbersAsync(Plant, 600);
        await ProjectAsync();
        Assert.Equal((2, 2), await CountAsync()); // and 769 to 1024

        Assert.Equal(Enumerable.Range(0, 600).Concat(Enumerable.Range(0, 600)).Select(n => (double)n), (await ReadAsync("n", 1, 1200)).Select(p => p.Number));

        Assert.Equal((4, 4), await CountAsync());
    }

    [Fact]
    public async Task What_is_kept_is_not_read_from_the_log_again()
    {
        await WriteNumbersAsync(Plant, 1100);
        await ProjectAsync();
        var scanned = await ReadAsync("n", 1, 1100);
        Assert.Empty(await ReadAsync("nothing", 1, 1024));
        await ReopenAsync(); // nothing of it is in memory any more
        await RemoveEventsAsync(new Position(1), new Position(1024));

        Assert.Equal(scanned, await ReadAsync("n", 1, 1100));
        Assert.Equal(scanned.Skip(99).Take(501), await ReadAsync("n", 100, 600));
        Assert.Empty(await ReadAsync("nothing", 1, 1024));
    }

    [Fact]
    public async Task A_property_that_nobody_ever_set_leaves_nothing_behind()
    {
        await WriteNumbersAsync(Plant, 600);
        await ProjectAsync();
        await ReadAsync("n", 1, 600);
        var kept = await CountAsync();

        foreach (var name in (string[])["nothing", "", "N", "n\u0000", new string('x', 5000)])
        {
            Assert.Empty(await ReadAsync(name, 1, 600));
        }

        Assert.Equal(kept, await CountAsync());
    }

    [Fact]
    public async Task A_damaged_chunk_is_not_believed_and_is_written_anew()
    {
        await WriteNumbersAsync(Plant, 800);
        await ProjectAsync();
        var scanned = await ReadAsync("n", 1, 800);
        await DamageChunksAsync();

        Assert.Equal(scanned, await ReadAsync("n", 1, 800));

        await ReopenAsync();
        await RemoveEventsAsync(new Position(1), new Position(768)); // so that only the chunks can say
        Assert.Equal(scanned, await ReadAsync("n", 1, 800));
    }

    [Fact]
    public async Task Events_with_so_many_properties_that_they_are_not_kept_give_the_same_series()
    {
        var random = new Random(5);
        foreach (var chunk in Enumerable.Range(0, 600).Chunk(50))
        {
            await AppendAsync([.. chunk.Select(_ => Events.Next(Data(Enumerable.Range(0, 120).Select(p => $"\"p{p}\":{random.Next()}"))))]);
        }

        await ProjectAsync();

        await AssertSeriesAsync(new Random(6), "p0", "p119");

        Assert.Equal((0, 0), await CountAsync());
    }

    [Fact]
    public async Task Readers_and_the_projection_may_make_the_same_chunks_at_once()
    {
        await WriteNumbersAsync(Plant, 300);
        var writing = Task.Run(() => WriteNumbersAsync(Plant, 2000), Token);
        while (!writing.IsCompleted)
        {
            var read = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ReadAsync("n", 1, 300)));
            Assert.All(read, points => Assert.Equal(300, points.Count));
            await RemoveChunksAsync();
        }

        await writing;
        await ProjectAsync();
        Assert.Equal(2300, (await ReadAsync("n", 1, 2300)).Count);
    }

    private protected async Task ProjectAsync()
    {
        var head = (await Log.ReadHeadAsync(Token)).Position;
        Assert.True(await ReadModel.WaitForAsync(head, Limit, Token), $"the projection did not reach {head}");
    }

    private protected async Task<List<SeriesPoint>> ReadAsync(string property, long first, long last)
    {
        var all = new List<SeriesPoint>();
        await foreach (var points in Series.ReadAsync(EntityKey.Trusted(Plant), property, first, last, Token))
        {
            all.AddRange(points.Span);
        }

        return all;
    }

    private protected async Task ReopenAsync()
    {
        await CloseAsync();
        (Log, ReadModel, Series) = await OpenAsync();
    }

    private protected async Task WriteNumbersAsync(string id, int count)
    {
        foreach (var chunk in Enumerable.Range(0, count).Chunk(100))
        {
            await AppendAsync([.. chunk.Select(n => Events.Next(id, "n", n))]);
        }
    }

    private protected async Task AssertSeriesAsync(Random random, params string[] names)
    {
        var rows = await Log.ReadEntityAsync(EntityKey.Trusted(Plant), afterVersion: 0, maxCount: 10_000, Token);
        foreach (var name in names.Length > 0 ? names : [.. Names.Select(n => JsonSerializer.Deserialize<string>($"\"{n}\"")!), "nothing"])
        {
            var expected = Scan(rows, name);
            foreach (var (first, last) in ((int, int)[])[(1, rows.Count), (256, 257), (257, 256), (257, 512), (rows.Count, rows.Count),
                (random.Next(1, rows.Count), random.Next(1, rows.Count)), (random.Next(1, rows.Count), rows.Count), (1, random.Next(1, rows.Count))])
            {
                var wanted = expected.Where(p => p.Version >= first && p.Version <= last);
                Assert.Equal(wanted, (await ReadAsync(name, first, last)).Select(Show));
            }
        }
    }

    private static (long Version, long Time, string Value) Show(SeriesPoint point) => (point.Version, point.RecordedAt.Microseconds, point.Kind switch
    {
        SeriesPointKind.Gap => "gap",
        SeriesPointKind.Number => point.Number.ToString("R", CultureInfo.InvariantCulture),
        _ => point.Json.IsEmpty ? "long" : Encoding.UTF8.GetString(point.Json.Span),
    });

    // A fold of its own, from the payloads as they were sent.
    private static List<(long Version, long Time, string Value)> Scan(IReadOnlyList<RecordedEvent> rows, string property)
    {
        var points = new List<(long Version, long Time, string Value)>();
        var isThere = false; // with another value than null
        foreach (var row in rows)
        {
            using var payload = JsonDocument.Parse(row.Data.Payload.Json);
            if (!payload.RootElement.TryGetProperty("properties", out var properties))
            {
                continue;
            }

            string? value = null;
            if (properties.TryGetProperty("__deleted__", out var deleted) && deleted.ValueKind == JsonValueKind.True)
            {
                value = isThere ? "gap" : null;
                isThere = false;
            }
            else if (properties.EnumerateObject().Where(p => p.Name == property).Select(p => p.Value).ToList() is [.., var json])
            {
                isThere = json.ValueKind != JsonValueKind.Null;
                value = json.ValueKind switch
                {
                    JsonValueKind.Null => "gap",
                    JsonValueKind.Number => json.GetDouble().ToString("R", CultureInfo.InvariantCulture),
                    _ => Encoding.UTF8.GetByteCount(json.GetRawText()) > 128 ? "long" : json.GetRawText(),
                };
            }

            if (value is not null)
            {
                points.Add((row.Version, row.RecordedAt.Microseconds, value));
            }
        }

        return points;
    }

    private static string RandomValue(Random random) => random.Next(12) switch
    {
        0 => "null",
        1 => "\"on\"",
        2 => "true",
        3 => """{"a":[1,2.50],"é":"😀"}""",
        4 => $"\"{new string('x', random.Next(110, 140))}\"",
        5 => "1e-400",
        6 => "123456789012345678901234567890",
        7 => "-0.0",
        8 => "1.7976931348623157e308",
        9 => "1e-99999999999",
        _ => (random.NextDouble() * 1000).ToString("R", CultureInfo.InvariantCulture),
    };

    private async Task WriteAsync(Random random, int count)
    {
        for (var i = 0; i < count;)
        {
            var size = Math.Min(random.Next(1, 60), count - i);
            await AppendAsync([.. Enumerable.Range(0, size).Select(_ => RandomEvent(random)), Events.Next("plant/other", "temp", random.Next())]);
            i += size;
        }
    }

    private EventToAppend RandomEvent(Random random) => Events.Next(random.Next(30) switch
    {
        0 => Data(["\"__deleted__\":true"]),
        1 => TestEvents.Data($$"""{"entity_id":"{{Plant}}"}"""),
        _ => Data(Enumerable.Range(0, random.Next(1, 4)).Select(_ => $"\"{Names[random.Next(Names.Length)]}\":{RandomValue(random)}")),
    });

    private static EventData Data(IEnumerable<string> properties) =>
        TestEvents.Data("{\"entity_id\":\"" + Plant + "\",\"properties\":{" + string.Join(',', properties) + "}}");

    private async Task AppendAsync(params EventToAppend[] events) =>
        Assert.All(await Log.AppendAsync(events, Token), result => Assert.IsType<AppendResult.Appended>(result));
}
