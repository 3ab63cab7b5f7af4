using System.Globalization;
using System.Text.Json;
using Flux.Server.Tests.BadInput;
using Flux.Server.Tests.Contract;
using Flux.Server.Tests.Namespaces;

namespace Flux.Server.Tests.Past;

/// <summary>GET /api/events in pages: the protocol's page, section "Pages of history".</summary>
public sealed class HistoryPageTests(ServerFixture server, OwnedServer owned)
{
    [Theory]
    [InlineData("asc", 7)]
    [InlineData("desc", 7)]
    [InlineData("asc", 500)]
    public async Task Pages_of_an_entity_hold_every_event_once_while_others_are_written(string order, int limit)
    {
        var id = Wire.NewId();
        await WriteAsync(id, first: 0, count: 60);

        var seen = await FollowAsync(
            $"entity={Uri.EscapeDataString(id)}&order={order}&limit={limit}", page => WriteAsync(id, first: 60 + page, count: page < 5 ? 1 : 0));

        // Backward nothing that came later is in it; forward all that was there when the end was reached.
        var numbers = seen.Select(Number).ToList();
        Assert.Equal(order == "asc" ? Enumerable.Range(0, numbers.Count) : Enumerable.Range(0, 60).Reverse(), numbers);
        Assert.InRange(numbers.Count, 60, 65);
        Assert.Equal(numbers.Count, seen.Select(Position).Distinct().Count());
    }

    [Theory]
    [InlineData("asc")]
    [InlineData("desc")]
    public async Task Pages_of_a_namespace_hold_its_events_and_no_others(string order)
    {
        var ns = Wire.NewNamespace();
        var expected = new List<int>();
        for (var n = 0; n < 40; n++)
        {
            await WriteAsync(n % 3 == 0 ? $"{ns}x/a" : $"{ns}/{n % 5}", first: n, count: 1);
            if (n % 3 != 0)
            {
                expected.Add(n);
            }
        }

        if (order == "desc")
        {
            expected.Reverse();
        }

        var start = Position((await FollowAsync($"namespace={ns}&order=asc&limit=9"))[0]);
        foreach (var scope in (string[])[$"namespace={ns}", $"prefix={ns}/", $"namespace={ns}&prefix={ns}"])
        {
            Assert.Equal(expected, (await FollowAsync($"{scope}&order={order}&from={start}&limit=9")).Select(Number));
        }

        Assert.Equal(39, (await FollowAsync($"prefix={ns}&from={start}&limit=9")).Count); // a prefix may end anywhere; the first event is before the start
        Assert.Equal("[]", (await server.GetAsync($"/api/events?namespace={ns}/1&order=asc")).Text);
    }

    [Fact]
    public async Task From_and_before_cut_out_positions()
    {
        var id = Wire.NewId();
        await WriteAsync(id, first: 0, count: 10);
        var positions = (await HistoryAsync($"entity={id}&order=asc")).Events.Select(Position).ToList();

        foreach (var (query, expected) in ((string Query, int[] Expected)[])
        [
            ($"order=asc&from={positions[3]}&before={positions[6]}", [3, 4, 5]),
            ($"order=desc&from={positions[3]}&before={positions[6]}", [5, 4, 3]),
            ($"from={positions[8]}", [9, 8]),
            ($"before={positions[2]}", [1, 0]),
            ($"order=asc&from={positions[4]}&before={positions[4]}", []),
            ($"order=asc&from={positions[9] + 1}", []),
            ("order=asc&from=0&limit=2", [0, 1]),
            ($"from={long.MaxValue}", []),
            ("order=desc&before=1", []),
            ($"order=asc&from={positions[9]}&before={ulong.MaxValue}", [9]),
        ])
        {
            Assert.Equal(expected, (await HistoryAsync($"entity={id}&{query}")).Events.Select(Number));
        }
    }

    [Fact]
    public async Task Since_and_until_cut_out_the_times_of_storing_exactly()
    {
        var id = Wire.NewId();
        for (var n = 0; n < 4; n++)
        {
            await WriteAsync(id, first: n, count: 1);
        }

        var events = (await HistoryAsync($"entity={id}&order=asc")).Events;
        var times = events.Select(e => e.GetProperty("recordedAt").GetDateTimeOffset()).ToList();
        var (second, third) = (Text(times[1]), Text(times[2]));
        var justAfterSecond = Text(times[1].AddTicks(1));
        int[] WhereTime(Func<DateTimeOffset, bool> isIn) => [.. Enumerable.Range(0, 4).Where(n => isIn(times[n]))];

        Assert.Equal(WhereTime(t => t >= times[1]), await NumbersAsync($"since={second}"));
        Assert.Equal(WhereTime(t => t > times[1]), await NumbersAsync($"since={justAfterSecond}"));
        Assert.Equal(WhereTime(t => t < times[2]), await NumbersAsync($"until={third}"));
        Assert.Equal(WhereTime(t => t <= times[1]), await NumbersAsync($"until={justAfterSecond}"));
        Assert.Equal(WhereTime(t => t >= times[1] && t < times[2]), await NumbersAsync($"since={second}&until={third}"));
        Assert.Empty(await NumbersAsync($"since={third}&until={second}"));
        Assert.Empty(await NumbersAsync("since=2999-01-01T00:00:00Z"));

        async Task<int[]> NumbersAsync(string query) => [.. (await HistoryAsync($"entity={id}&order=asc&{query}")).Events.Select(Number)];

        static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task A_thin_namespace_costs_a_bounded_page_and_says_where_to_go_on()
    {
        await using var own = new ServerFixture();
        await own.StartAsync();
        await own.SetAsync("thin/first", "{\"n\":1}");
        for (var i = 0; i < 5; i++)
        {
            var batch = await own.PostAsync("/api/events/batch", $"[{string.Join(',', Enumerable.Range(0, 10_000).Select(n => Good.Event($"thick/{n}", "{\"n\":1}")))}]");
            Assert.Equal(10_000, batch.Json.GetProperty("successful").GetInt32());
        }

        await own.SetAsync("thin/last", "{\"n\":2}");

        foreach (var (order, first, last) in ((string, int, int)[])[("asc", 1, 2), ("desc", 2, 1)])
        {
            foreach (var scope in (string[])["namespace=thin", "prefix=thin"])
            {
                var pages = new List<List<int>>();
                for (string? next = $"/api/events?{scope}&order={order}"; next is not null;)
                {
                    var answer = await own.GetAsync(next);
                    pages.Add([.. answer.Json.EnumerateArray().Select(Number)]);
                    next = Next(answer);
                }

                Assert.Equal(3, pages.Count);
                Assert.Equal([first], pages[0]);
                Assert.Empty(pages[1]);
                Assert.Equal([last], pages[2]);
            }
        }
    }

    [Fact]
    public async Task The_older_form_stays_as_it_was()
    {
        var id = Wire.NewId();
        await WriteAsync(id, first: 0, count: 3);

        var older = await server.GetAsync($"/api/events?entity={id}&limit=2");

        Assert.Equal([2, 1], older.Json.EnumerateArray().Select(Number));
        Assert.Null(older.Header("Link"));
        Assert.Equal(["eventId", "payload", "position", "recordedAt", "source", "stream", "timestamp", "version"], older.Json[0].Members());
    }

    [Fact]
    public async Task A_private_namespace_has_no_history_for_others_and_a_narrow_token_sees_its_part()
    {
        var (ns, token) = await owned.RegisterPrivateAsync();
        for (var n = 0; n < 3; n++)
        {
            await owned.PublishAsync($"{ns}/a", OwnedServer.As(token), $"{{\"n\":{n}}}");
        }

        foreach (var scope in (string[])[$"entity={ns}/a", $"namespace={ns}", $"prefix={ns}/", $"prefix={ns}/a"])
        {
            foreach (var headers in (string[][])[[], [OwnedServer.AsOperator], [OwnedServer.As((await owned.RegisterAsync()).Token)]])
            {
                var hidden = await owned.Http.GetAsync($"/api/events?{scope}&order=asc&limit=1", headers);
                Assert.Equal((200, "[]", null), (hidden.Status, hidden.Text, hidden.Header("Link")));
            }

            var shown = await owned.Http.GetAsync($"/api/events?{scope}&order=asc&limit=1", OwnedServer.As(token));
            Assert.Equal([0], shown.Json.EnumerateArray().Select(Number));
            Assert.NotNull(Next(shown));
        }

        // A prefix that is no namespace: what is hidden is passed over. Namespaces of other tests may begin with it too.
        for (string? next = $"/api/events?prefix={ns[..^1]}&order=desc"; next is not null;)
        {
            var answer = await owned.Http.GetAsync(next);
            Assert.DoesNotContain($"\"{ns}/", answer.Text, StringComparison.Ordinal);
            next = Next(answer);
        }
    }

    [Fact]
    public async Task Records_of_Flux_are_in_no_history()
    {
        foreach (var scope in (string[])["namespace=%24flux", "prefix=%24flux/", "prefix=%24"])
        {
            var answer = await owned.Http.GetAsync($"/api/events?{scope}&order=asc", OwnedServer.AsOperator);
            Assert.Equal((200, "[]"), (answer.Status, answer.Text));
        }
    }

    private static int Number(JsonElement recorded) => recorded.GetProperty("payload").GetProperty("properties").GetProperty("n").GetInt32();

    private static long Position(JsonElement recorded) => recorded.GetProperty("position").GetInt64();

    private static string? Next(RawAnswer answer)
    {
        if (answer.Header("Link") is not { } link)
        {
            return null;
        }

        Assert.StartsWith("<", link, StringComparison.Ordinal);
        Assert.EndsWith(">; rel=\"next\"", link, StringComparison.Ordinal);
        Assert.Equal("Link", answer.Header("Access-Control-Expose-Headers"));
        return link[1..link.IndexOf('>', StringComparison.Ordinal)];
    }

    private async Task<(List<JsonElement> Events, string? Next)> HistoryAsync(string query)
    {
        var answer = await server.GetAsync($"/api/events?{query}");
        Assert.True(answer.Status == 200, $"{answer}");
        return ([.. answer.Json.EnumerateArray()], Next(answer));
    }

    private async Task<List<JsonElement>> FollowAsync(string query, Func<int, Task>? afterPage = null)
    {
        var all = new List<JsonElement>();
        string? next = $"/api/events?{query}";
        for (var page = 0; next is not null; page++)
        {
            var answer = await server.GetAsync(next);
            Assert.True(answer.Status == 200, $"{next}: {answer}");
            all.AddRange(answer.Json.EnumerateArray());
            next = Next(answer);
            if (afterPage is not null)
            {
                await afterPage(page);
            }
        }

        return all;
    }

    private async Task WriteAsync(string id, int first, int count)
    {
        for (var n = first; n < first + count; n++)
        {
            await server.SetAsync(id, $"{{\"n\":{n.ToString(CultureInfo.InvariantCulture)}}}");
        }
    }
}
