using System.Globalization;
using System.Text.Json;
using Flux.Core.Log;
using Flux.Server.Tests.BadInput;
using Flux.Testing.Processes;
using Microsoft.Data.Sqlite;

namespace Flux.Server.Tests.Contract;

/// <summary>Wire contract, section 8.</summary>
public sealed class HistoryTests(ServerFixture server)
{
    [Fact]
    public async Task Events_come_newest_first_as_they_were_stored()
    {
        var id = Wire.NewId();
        await server.SetAsync(id, "{\"n\":1}");
        await server.PublishAsync(Good.With(
            payload: $$$$"""{"entity_id":"{{{{id}}}}","properties":{"n":2},"extra":{"kept":true}}""", more: $",\"eventId\":\"{id}\",\"key\":\"k\",\"schema\":\"s\",\"unknown\":1"));

        var history = await server.HistoryAsync(id);

        Assert.Equal(2, history.Count);
        Assert.Equal(id, history[0].Text("eventId"));
        Assert.Equal("test", history[0].Text("stream"));
        Assert.Equal("bad-input", history[0].Text("source"));
        Assert.Equal(1772028627158, history[0].GetProperty("timestamp").GetInt64());
        Assert.Equal("k", history[0].Text("key"));
        Assert.Equal("s", history[0].Text("schema"));
        Assert.False(history[0].TryGetProperty("unknown", out _));
        Assert.True(history[0].GetProperty("payload").GetProperty("extra").GetProperty("kept").GetBoolean());
        Assert.False(history[1].TryGetProperty("key", out _));
        Assert.False(history[1].TryGetProperty("schema", out _));
    }

    [Fact]
    public async Task A_long_history_comes_in_parts_and_whole()
    {
        var id = Wire.NewId();
        var text = new string('x', 30_000);
        for (var n = 0; n < 10; n++)
        {
            await server.SetAsync(id, $"{{\"n\":{n},\"text\":\"{text}\"}}");
        }

        var history = await server.HistoryAsync(id);
        var head = await server.SendAsync(RawRequest.With("HEAD", $"/api/events?entity={id}", []));
        var table = await server.GetAsync($"/api/events?entity={id}&format=csv");

        Assert.Equal([9, 8, 7, 6, 5, 4, 3, 2, 1, 0], history.Select(shown => shown.GetProperty("payload").GetProperty("properties").GetProperty("n").GetInt32()));
        Assert.All(history, shown => Assert.Equal(text, shown.GetProperty("payload").GetProperty("properties").GetProperty("text").GetString()));
        Assert.Equal((200, ""), (head.Status, head.Text));
        Assert.Equal(11, table.Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task An_unknown_entity_has_an_empty_history()
    {
        Assert.Equal("[]", (await server.GetAsync($"/api/events?entity={Wire.NewId()}")).Text);
    }

    [Fact]
    public async Task The_id_must_match_exactly()
    {
        var ns = Wire.NewNamespace();
        await server.SetAsync($"{ns}/a", "{\"n\":1}");
        await server.SetAsync($"{ns}/ab", "{\"n\":1}");

        Assert.Single(await server.HistoryAsync($"{ns}/a"));
        Assert.Empty(await server.HistoryAsync(ns));
    }

    [Fact]
    public async Task Tombstones_and_events_that_changed_nothing_are_in_it()
    {
        var id = Wire.NewId();
        await server.SetAsync(id, "{}");
        await server.SetAsync(id, "{\"__deleted__\":true}");
        await server.DeleteAsync(RawRequest.EntityPath(id));
        await server.PublishAsync(Good.With(payload: $$"""{"entity_id":"{{id}}"}"""));

        Assert.Equal(4, (await server.HistoryAsync(id)).Count);
    }

    [Fact]
    public async Task The_limit_is_100_by_default_and_clamped_and_keeps_the_newest()
    {
        var id = Wire.NewId();
        await server.PostAsync("/api/events/batch", $"[{string.Join(',', Enumerable.Range(0, 510).Select(n => Good.Event(id, $"{{\"n\":{n}}}")))}]");

        foreach (var (more, expected) in ((string, int)[])[("", 100), ("&limit=0", 1), ("&limit=3", 3), ("&limit=500", 500), ("&limit=100000", 500)])
        {
            var history = await server.HistoryAsync(id, more);
            Assert.Equal(Enumerable.Range(0, 510).Reverse().Take(expected), history.Select(Number));
        }
    }

    [Fact]
    public async Task Since_is_compared_with_the_time_of_storing()
    {
        var id = Wire.NewId();
        await server.SetAsync(id, "{\"n\":1}");
        var now = TimeProvider.System.GetUtcNow();

        foreach (var (since, found) in ((DateTimeOffset, int)[])[(now.AddHours(-1), 1), (now.AddHours(1), 0), (now.AddDays(-400), 1)])
        {
            var text = since.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
            Assert.Equal(found, (await server.HistoryAsync(id, $"&since={text}Z")).Count);
            Assert.Equal(found, (await server.HistoryAsync(id, $"&since={text}.123456789%2B00:00")).Count);
        }
    }

    [Fact]
    public async Task An_offset_of_since_counts()
    {
        var id = Wire.NewId();
        await server.SetAsync(id, "{\"n\":1}");

        // The same wall clock, two hours from now and two hours ago.
        var now = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);

        Assert.Empty(await server.HistoryAsync(id, $"&since={now}-02:00"));
        Assert.Single(await server.HistoryAsync(id, $"&since={now}%2B02:00"));
    }

    [Fact]
    public async Task Since_in_whole_seconds_includes_the_second_itself()
    {
        var id = Wire.NewId();
        await server.SetAsync(id, "{\"n\":1}");
        var stored = (await server.ReadAsync(id)).GetProperty("lastUpdated").GetDateTimeOffset();

        var sameSecond = stored.ToString("yyyy-MM-dd'T'HH:mm:ss'.999Z'", CultureInfo.InvariantCulture);

        Assert.Single(await server.HistoryAsync(id, $"&since={sameSecond}"));
    }

    [Fact]
    public async Task Without_since_it_goes_back_24_hours()
    {
        using var directory = new TemporaryDirectory();
        await using var own = new ServerFixture();
        own.Environment["FLUX_DATA"] = directory.Path;
        await own.StartAsync();
        var id = Wire.NewId();
        await own.SetAsync(id, "{\"n\":1}");

        await AgeAsync(own, directory, hours: 23);
        Assert.Single(await own.HistoryAsync(id));
        await AgeAsync(own, directory, hours: 2);

        Assert.Empty(await own.HistoryAsync(id));
        Assert.Single(await own.HistoryAsync(id, "&since=2020-01-01T00:00:00Z"));
    }

    [Fact]
    public async Task A_plus_that_the_query_turned_into_a_blank_is_taken_for_one()
    {
        var id = Wire.NewId();
        await server.SetAsync(id, "{\"n\":1}");
        var updated = (await server.ReadAsync(id)).Text("lastUpdated");

        Assert.EndsWith("+00:00", updated, StringComparison.Ordinal);
        Assert.Single(await server.HistoryAsync(id, $"&since={updated}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?limit=5")]
    [InlineData("?entity=")]
    public async Task Without_an_entity_it_is_400(string query)
    {
        Wire.AssertRefused(await server.GetAsync($"/api/events{query}"), 400, "entity");
    }

    [Theory]
    [InlineData("2026-02-25")]
    [InlineData("2026-02-25T20:04:27")]
    [InlineData("1772028627")]
    [InlineData("yesterday")]
    public async Task A_since_that_is_no_full_time_is_400(string since)
    {
        Wire.AssertRefused(await server.GetAsync($"/api/events?entity=x&since={since}"), 400, "since");
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("x")]
    [InlineData("1.5")]
    [InlineData("")]
    public async Task A_limit_that_is_no_unsigned_integer_is_400(string limit)
    {
        Wire.AssertRefused(await server.GetAsync($"/api/events?entity=x&limit={limit}"), 400, "limit");
    }

    private static int Number(JsonElement recorded) => recorded.GetProperty("payload").GetProperty("properties").GetProperty("n").GetInt32();

    /// <summary>Makes the only event of a log older, while its server does not run.</summary>
    private static async Task AgeAsync(ServerFixture own, TemporaryDirectory directory, int hours)
    {
        await own.KillAsync();
        await using (var database = new SqliteConnection($"Data Source={directory.At("log.db")};Pooling=False"))
        {
            await database.OpenAsync();
            var (recordedAt, hash, id, writer) = await ReadOnlyCommitAsync(database);
            var older = recordedAt - (long)TimeSpan.FromHours(hours).TotalMicroseconds;
            await using var update = database.CreateCommand();
            update.CommandText = "UPDATE log_commit SET recorded_at = $older, digest = $digest";
            update.Parameters.AddWithValue("$older", older);
            update.Parameters.AddWithValue("$digest", EventHash.OfCommit(EventHash.None, new Position(1), new Timestamp(older), [hash], id, writer));
            await update.ExecuteNonQueryAsync();
        }

        await own.StartAsync();
    }

    private static async Task<(long RecordedAt, byte[] Hash, Guid Id, string Writer)> ReadOnlyCommitAsync(SqliteConnection database)
    {
        await using var query = database.CreateCommand();
        query.CommandText = "SELECT recorded_at, hash, id, writer FROM log_commit, event";
        await using var row = await query.ExecuteReaderAsync();
        Assert.True(await row.ReadAsync());
        var commit = (row.GetInt64(0), row.GetFieldValue<byte[]>(1), new Guid(row.GetFieldValue<byte[]>(2), bigEndian: true), row.GetString(3));
        Assert.False(await row.ReadAsync(), "there is more than one event");
        return commit;
    }
}
