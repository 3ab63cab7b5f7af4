using System.Globalization;
using System.Text.Json;
using Flux.Server.Tests.BadInput;
using Flux.Server.Tests.Contract;
using Flux.Server.Tests.Entities;
using Flux.Server.Tests.Namespaces;

namespace Flux.Server.Tests.Series;

/// <summary>GET /api/series.</summary>
public sealed class SeriesTests(ServerFixture server, OwnedServer owned)
{
    [Fact]
    public async Task Points_are_the_values_as_they_were_sent_with_time_and_position()
    {
        var id = Wire.NewId();
        string[] sent = ["1.50", "9007199254740993", "\"on\"", "null", "{\"a\":[1]}", "true"];
        var positions = new List<long>();
        foreach (var value in sent)
        {
            positions.Add((await server.SetAsync(id, $"{{\"other\":0,\"temp\":{value}}}")).GetProperty("position").GetInt64());
            await server.SetAsync(id, "{\"other\":1}");
        }

        var history = (await server.HistoryAsync(id)).AsEnumerable().Reverse()
            .Where(e => e.GetProperty("payload").GetProperty("properties").TryGetProperty("temp", out _));
        var points = (await GetAsync(id, "temp")).EnumerateArray().ToList();

        Assert.Equal(sent, points.Select(p => p[1].GetRawText()));
        Assert.Equal(positions, points.Select(p => p[2].GetInt64()));
        Assert.Equal(history.Select(e => e.Text("recordedAt")), points.Select(p => p[0].GetString()));
    }

    [Fact]
    public async Task A_deletion_is_a_gap_where_there_was_a_value()
    {
        var id = Wire.NewId();
        const string deletion = "{\"__deleted__\":true}";
        foreach (var properties in (string[])["{\"a\":1,\"b\":2}", "{\"a\":null}", deletion, deletion, "{\"b\":3}"])
        {
            await server.SetAsync(id, properties);
        }

        Assert.Equal(["1", "null"], Values(await GetAsync(id, "a")));
        Assert.Equal(["2", "null", "3"], Values(await GetAsync(id, "b")));
        Assert.Equal(["2", "null", "3"], Values(await GetAsync(id, "b", "&order=desc")).Reverse());
        var bucket = Assert.Single((await GetAsync(id, "a", "&buckets=1")).EnumerateArray());
        Assert.Equal(["1", "1", "1", "1", "null"], ((string[])["count", "min", "max", "avg", "last"]).Select(name => bucket.GetProperty(name).GetRawText()));
    }

    [Theory]
    [InlineData("asc", 1)]
    [InlineData("asc", 100)]
    [InlineData("asc", 10_000)]
    [InlineData("desc", 7)]
    [InlineData("desc", 100)]
    public async Task Pages_show_each_point_once_in_order(string order, int limit)
    {
        var (id, expected) = await WriteAsync(limit < 10 ? 300 : 1500);
        if (order == "desc")
        {
            expected.Reverse();
        }

        var pages = await server.ReadPagesAsync($"/api/series?entity={id}&property=temp&order={order}&limit={limit}");

        Assert.Equal(expected.Select(p => p.Value), pages.SelectMany(page => page).Select(p => p[1].GetRawText()));
        Assert.All(pages, page => Assert.InRange(page.Count, 0, limit));
    }

    [Fact]
    public async Task A_property_that_is_rarely_set_comes_in_pages_that_may_be_empty()
    {
        var id = Wire.NewId();
        await server.SetAsync(id, "{\"rare\":1}");
        for (var i = 0; i < 3; i++)
        {
            await BatchAsync([.. Enumerable.Range(0, 8000).Select(n => Good.Event(id, $"{{\"n\":{n}}}"))]);
        }

        await server.SetAsync(id, "{\"rare\":2}");

        foreach (var order in (string[])["asc", "desc"])
        {
            var pages = await server.ReadPagesAsync($"/api/series?entity={id}&property=rare&order={order}");
            Assert.Equal(order == "asc" ? ["1", "2"] : ["2", "1"], pages.SelectMany(page => page).Select(p => p[1].GetRawText()));
            Assert.InRange(pages.Count, 3, 4);
        }

        Assert.Equal("[]", (await GetAsync(id, "nothing", "&buckets=10")).GetRawText());
    }

    [Fact]
    public async Task Times_and_positions_bound_the_same_points()
    {
        var (id, points) = await WriteAsync(600);
        var all = (await GetAsync(id, "temp", "&limit=10000")).EnumerateArray().ToList();
        Assert.Equal(points.Select(p => p.Value), all.Select(p => p[1].GetRawText()));
        var (time, position) = (all[300][0].GetString()!, all[300][2].GetInt64());
        var firstOfTime = all.FindIndex(p => p[0].GetString() == time); // a batch is one commit

        Assert.Equal(Texts(all[firstOfTime..]), Texts((await GetAsync(id, "temp", $"&limit=10000&since={Uri.EscapeDataString(time)}")).EnumerateArray()));
        Assert.Equal(Texts(all[..firstOfTime]), Texts((await GetAsync(id, "temp", $"&limit=10000&until={Uri.EscapeDataString(time)}")).EnumerateArray()));
        Assert.Equal(Texts(all[300..]), Texts((await GetAsync(id, "temp", $"&limit=10000&from={position}")).EnumerateArray()));
        Assert.Equal(Texts(all[..301]), Texts((await GetAsync(id, "temp", $"&limit=10000&to={position}")).EnumerateArray()));
        Assert.Equal(Texts(all[300..301]), Texts((await GetAsync(id, "temp", $"&from={position}&to={position}")).EnumerateArray()));
        string[] empty =
            [$"&from={position}&to={position - 1}", "&since=2999-01-01T00:00:00Z", "&until=1999-01-01T00:00:00Z", "&from=9223372036854775807", "&to=0"];
        foreach (var nothing in empty)
        {
            Assert.Equal("[]", (await GetAsync(id, "temp", nothing)).GetRawText());
            Assert.Equal("[]", (await GetAsync(id, "temp", $"{nothing}&buckets=5")).GetRawText());
        }

        var pages = await server.ReadPagesAsync($"/api/series?entity={id}&property=temp&limit=50&until={Uri.EscapeDataString(time)}");
        Assert.Equal(Texts(all[..firstOfTime]), Texts(pages.SelectMany(page => page)));
        pages = await server.ReadPagesAsync($"/api/series?entity={id}&property=temp&limit=50&order=desc&since={Uri.EscapeDataString(time)}");
        Assert.Equal(Texts(all[firstOfTime..]), Texts(pages.SelectMany(page => page).Reverse()));

        static IEnumerable<string> Texts(IEnumerable<JsonElement> some) => some.Select(p => p.GetRawText());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(2000)]
    public async Task Buckets_are_a_plain_fold_of_the_points(int buckets)
    {
        var (id, _) = await WriteAsync(1200);
        var points = (await server.ReadPagesAsync($"/api/series?entity={id}&property=temp&limit=1000")).SelectMany(page => page).ToList();
        var middle = points[points.Count / 2][0].GetString()!;

        (string More, List<JsonElement> Points)[] ranges =
        [
            ("", points),
            ($"&since={Uri.EscapeDataString(middle)}&until=2999-01-01T00:00:00Z", [.. points.Where(p => Time(p) >= Parse(middle))]),
            ($"&from={points[400][2]}", points[400..]),
        ];
        foreach (var (more, some) in ranges)
        {
            var got = (await GetAsync(id, "temp", $"&buckets={buckets}{more}")).EnumerateArray().ToList();

            // The range begins and ends with the entity's events, which the last is one of, or with what was asked for.
            var history = await server.GetAsync($"/api/series?entity={id}&property=any&limit=10000{more}");
            var events = history.Json.EnumerateArray().Select(Time).ToList();
            var start = more.Contains("since", StringComparison.Ordinal) ? Parse(middle) : events[0];
            var end = more.Contains("until", StringComparison.Ordinal) ? Parse("2999-01-01T00:00:00Z") : events[^1] + 1;
            var width = (end - start + buckets - 1) / buckets;
            var expected = some.GroupBy(p => start + ((Time(p) - start) / width * width)).ToList();
            Assert.Equal(expected.Select(g => g.Key), got.Select(b => Parse(b.Text("start")!)));
            foreach (var (group, bucket) in expected.Zip(got))
            {
                var numbers = group.Where(p => p[1].ValueKind == JsonValueKind.Number).Select(p => p[1].GetDouble()).ToList();
                Assert.Equal(group.Count(p => p[1].ValueKind != JsonValueKind.Null), bucket.GetProperty("count").GetInt32());
                Assert.Equal(numbers.Count > 0, bucket.TryGetProperty("min", out _));
                if (numbers.Count > 0)
                {
                    Assert.Equal(numbers.Min(), bucket.GetProperty("min").GetDouble());
                    Assert.Equal(numbers.Max(), bucket.GetProperty("max").GetDouble());
                    Assert.Equal(numbers.Sum() / numbers.Count, bucket.GetProperty("avg").GetDouble());
                }

                var last = group.Last()[1].GetRawText();
                Assert.Equal(last.Length > 128 ? null : last, bucket.TryGetProperty("last", out var shown) ? shown.GetRawText() : null);
            }
        }
    }

    [Fact]
    public async Task The_series_of_what_is_hidden_is_empty()
    {
        var (name, token) = await owned.RegisterPrivateAsync();
        await owned.SetAsync($"{name}/e", token);

        foreach (var more in (string[])["", "&buckets=3"])
        {
            Assert.Equal("[]", (await owned.Http.GetAsync($"/api/series?entity={name}/e&property=n{more}")).Text);
            Assert.Equal(1, (await owned.Http.GetAsync($"/api/series?entity={name}/e&property=n{more}", OwnedServer.As(token))).Json.GetArrayLength());
        }

        Assert.Equal("[]", (await owned.Http.GetAsync("/api/series?entity=%24flux/config&property=rate_limit_enabled", OwnedServer.AsOperator)).Text);
    }

    private static IEnumerable<string> Values(JsonElement points) => points.EnumerateArray().Select(p => p[1].GetRawText());

    private static long Time(JsonElement point) => Parse(point[0].GetString()!);

    private static long Parse(string time) =>
        (DateTimeOffset.Parse(time, CultureInfo.InvariantCulture).UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    private async Task<JsonElement> GetAsync(string id, string property, string more = "")
    {
        var answer = await server.GetAsync($"/api/series?entity={Uri.EscapeDataString(id)}&property={Uri.EscapeDataString(property)}{more}");
        Assert.True(answer.Status == 200, $"{answer}");
        return answer.Json;
    }

    private async Task BatchAsync(string[] events)
    {
        var answer = await server.PostAsync("/api/events/batch", $"[{string.Join(',', events)}]");
        Assert.True(answer.Status == 200, $"{answer}");
        Assert.Equal(events.Length, answer.Json.GetProperty("successful").GetInt32());
    }

    /// <summary>Writes an entity with numbers that have few digits, so that they read back as they were sent; every event sets "any".</summary>
    private async Task<(string Id, List<(int Event, string Value)> Points)> WriteAsync(int count)
    {
        var id = Wire.NewId();
        var random = new Random(count);
        var points = new List<(int Event, string Value)>();
        foreach (var chunk in Enumerable.Range(0, count).Chunk(90))
        {
            await BatchAsync([.. chunk.Select(i =>
            {
                string? value = random.Next(10) switch
                {
                    0 => null,
                    1 => "null",
                    2 => "\"on\"",
                    3 => $"\"{new string('x', 200)}\"",
                    _ => (random.Next(100_000) / 8.0).ToString("R", CultureInfo.InvariantCulture),
                };
                if (value is not null)
                {
                    points.Add((i, value));
                }

                return Good.Event(id, value is null ? $"{{\"any\":{i}}}" : $"{{\"any\":{i},\"temp\":{value}}}");
            })]);
        }

        return (id, points);
    }
}
