using System.Text;
using System.Text.Json;
using Flux.Server.Tests.BadInput;
using Flux.Server.Tests.Contract;
using Flux.Server.Tests.Namespaces;

namespace Flux.Server.Tests.Entities;

/// <summary>Lists in pages and with conditions.</summary>
public sealed class EntityPageTests(ServerFixture server, OwnedServer owned)
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task Pages_show_what_the_whole_list_shows_in_the_order_of_ids(int limit)
    {
        var ns = Wire.NewNamespace();
        string[] ids = [.. Enumerable.Range(0, 40).Select(i => $"e{i}"), "é", "😀", "\uFFFD", "a b/+%&=?"];
        await WriteAsync(ns, [.. ids.Select((id, i) => (id, $"{{\"n\":{i}}}"))]);
        var whole = (await server.GetAsync($"{Wire.Entities}?namespace={ns}")).Json.EnumerateArray().Select(e => e.GetRawText()).ToList();

        var pages = await server.ReadPagesAsync($"{Wire.Entities}?namespace={ns}&limit={limit}");

        Assert.Equal(whole, pages.SelectMany(page => page).Select(e => e.GetRawText()));
        Assert.All(pages, page => Assert.InRange(page.Count, 0, limit));
        var shown = pages.SelectMany(page => page).Select(e => Encoding.UTF8.GetBytes(e.Text("id")!)).ToList();
        Assert.All(shown.Zip(shown.Skip(1)), pair => Assert.True(pair.First.AsSpan().SequenceCompareTo(pair.Second) < 0));
    }

    [Fact]
    public async Task A_page_has_100_entities_unless_told_otherwise_and_1000_at_most()
    {
        var ns = Wire.NewNamespace();
        await WriteAsync(ns, [.. Enumerable.Range(0, 1100).Select(i => ($"e{i:0000}", $"{{\"n\":{i}}}"))]);

        foreach (var (more, count) in ((string, int)[])
            [("where=true", 100), ("limit=0", 1), ("limit=1", 1), ("limit=1000", 1000), ("limit=1001", 1000), ("limit=4294967296", 1000)])
        {
            var answer = await server.GetAsync($"{Wire.Entities}?namespace={ns}&{more}");
            Assert.Equal(count, answer.Json.GetArrayLength());
            Assert.NotNull(answer.Next());
        }

        Assert.Null((await server.GetAsync($"{Wire.Entities}?prefix={ns}/e10&limit=1000")).Next()); // 100 of them
        var whole = await server.GetAsync($"{Wire.Entities}?namespace={ns}");
        Assert.Equal((1100, null), (whole.Json.GetArrayLength(), whole.Next()));
    }

    [Theory]
    [InlineData("properties.n > 30", 0)]
    [InlineData("properties.n > 30.0 && properties.even", 1)]
    [InlineData("properties.text == \"a&b +%20=é\"", 2)]
    [InlineData("entity.endsWith('7')", 3)]
    [InlineData("version == 2", 4)]
    [InlineData("lastUpdated > timestamp('2020-01-01T00:00:00Z') && properties.n == 5", 5)]
    [InlineData("properties.missing > 1", 6)]
    public async Task A_condition_selects_what_a_filter_of_the_whole_list_selects(string where, int filter)
    {
        var ns = Wire.NewNamespace();
        await WriteAsync(
            ns,
            [.. Enumerable.Range(0, 120).Select(i => ($"e{i}", $"{{\"n\":{i},\"even\":{(i % 2 == 0 ? "true" : "false")},\"text\":\"a&b +%20=é\"}}"))]);
        await WriteAsync(ns, [("e3", "{\"n\":3}"), ("e4", "{\"n\":4}"), ("none", "{\"m\":1}")]);
        Func<JsonElement, bool>[] filters =
        [
            e => N(e) > 30,
            e => N(e) > 30 && e.GetProperty("properties").GetProperty("even").GetBoolean(),
            e => e.GetProperty("properties").TryGetProperty("text", out _),
            e => e.Text("id")!.EndsWith('7'),
            e => e.GetProperty("version").GetInt64() == 2,
            e => N(e) == 5,
            _ => false,
        ];
        var expected = (await server.GetAsync($"{Wire.Entities}?namespace={ns}")).Json.EnumerateArray().Where(filters[filter]).Select(e => e.GetRawText());

        var pages = await server.ReadPagesAsync($"{Wire.Entities}?namespace={ns}&limit=9&where={Uri.EscapeDataString(where)}");

        Assert.Equal(expected, pages.SelectMany(page => page).Select(e => e.GetRawText()));

        static double N(JsonElement e) => e.GetProperty("properties").TryGetProperty("n", out var n) ? n.GetDouble() : double.NaN;
    }

    [Fact]
    public async Task Each_entity_is_shown_once_while_others_are_written()
    {
        var ns = Wire.NewNamespace();
        const int count = 12_000; // more than a page looks at
        foreach (var chunk in Enumerable.Range(0, count).Chunk(4000))
        {
            await WriteAsync(ns, [.. chunk.Select(i => ($"e{i:00000}", $"{{\"keep\":{(i % 3 == 0 ? "true" : "false")}}}"))]);
        }

        var page = await server.GetAsync($"{Wire.Entities}?namespace={ns}&where=properties.keep&limit=500");
        var shown = new List<string>();
        for (var round = 0; ; round++)
        {
            shown.AddRange(page.Json.EnumerateArray().Select(e => e.Text("id")!));
            if (page.Next() is not { } next)
            {
                break;
            }

            // New ones before and behind, deletions of what was shown, and changes to what was shown and what was not.
            await WriteAsync(ns,
            [
                ($"a{round}", "{\"keep\":true}"), ($"z{round}", "{\"keep\":true}"), ($"e{round * 3:00000}", "{\"__deleted__\":true}"),
                .. Enumerable.Range(0, 200).Select(i => ($"e{i * 60:00000}", "{\"keep\":true,\"n\":1}")),
            ]);
            page = await server.GetAsync(next);
        }

        var rounds = shown.Count(id => id.Contains("/z", StringComparison.Ordinal));
        Assert.True(rounds > 5, $"only {rounds} pages");
        Assert.Equal(shown.Distinct(), shown);
        Assert.Equal(
            Enumerable.Range(0, count).Where(i => i % 3 == 0).Select(i => $"{ns}/e{i:00000}"),
            shown.Where(id => id.Contains("/e", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_page_ends_at_a_megabyte_but_holds_one_entity_at_least()
    {
        var ns = Wire.NewNamespace();
        foreach (var (id, size) in ((string, int)[])[("a", 700_000), ("b", 700_000), ("c", 10), ("d", 900_000), ("e", 10)])
        {
            await server.SetAsync($"{ns}/{id}", $"{{\"p\":\"{new string('x', size)}\"}}");
        }

        await server.SetAsync($"{ns}/d", $"{{\"q\":\"{new string('x', 900_000)}\"}}");

        var pages = await server.ReadPagesAsync($"{Wire.Entities}?namespace={ns}&limit=1000");

        Assert.Equal(["ab", "cd", "e"], pages.Select(page => string.Concat(page.Select(e => e.Text("id")![^1..]))));
    }

    [Fact]
    public async Task A_condition_that_costs_more_than_its_budget_is_refused()
    {
        var ns = Wire.NewNamespace();
        await server.SetAsync($"{ns}/e", $"{{\"list\":[{string.Join(',', Enumerable.Range(0, 300))}]}}");

        const string where = "properties.list.all(a, properties.list.exists(b, a + b < 0.0 || b > 298.0))";
        var answer = await server.GetAsync($"{Wire.Entities}?namespace={ns}&where={Uri.EscapeDataString(where)}");

        Wire.AssertRefused(answer, 400, "where");
        Assert.Equal("expression_too_costly", answer.Code);
    }

    [Fact]
    public async Task A_cursor_is_good_for_its_query_alone()
    {
        var ns = Wire.NewNamespace();
        await WriteAsync(ns, [("a", "{\"n\":1}"), ("b", "{\"n\":1}"), ("c", "{\"n\":1}")]);
        var first = await server.GetAsync($"{Wire.Entities}?namespace={ns}&prefix={ns}/&where=version%3E0&limit=1");
        var cursor = first.Next()!.Split("cursor=")[1];

        foreach (var query in (string[])
            [
                $"namespace={ns}x&prefix={ns}/&where=version%3E0", $"namespace={ns}&where=version%3E0", $"namespace={ns}&prefix={ns}/",
                $"namespace={ns}&prefix={ns}/&where=version%3E1", "",
            ])
        {
            var answer = await server.GetAsync($"{Wire.Entities}?{query}&cursor={cursor}");
            Wire.AssertRefused(answer, 400, "cursor");
            Assert.Equal("invalid_parameter", answer.Code);
        }

        // Another limit, and the parameters in another order.
        var same = await server.GetAsync($"{Wire.Entities}?cursor={cursor}&where=version%3E0&prefix={ns}%2F&namespace={ns}");
        Assert.Equal([$"{ns}/b", $"{ns}/c"], same.Json.EnumerateArray().Select(e => e.Text("id")));
    }

    [Fact]
    public async Task A_page_shows_what_the_reader_may_see_and_its_cursor_names_nothing_else()
    {
        var (hidden, token) = await owned.RegisterPrivateAsync();
        var (open, openToken) = await owned.RegisterAsync();
        for (var i = 0; i < 30; i++)
        {
            await owned.SetAsync($"{hidden}/secret-{i:00}", token);
            await owned.SetAsync($"{open}/e{i:00}", openToken);
        }

        var (_, partToken) = await owned.IssueAsync(hidden, $$"""{"scope":"read","entityPrefix":"{{hidden}}/secret-1"}""");
        string[] queries =
        [
            "limit=1", "limit=4&where=entity.contains('secret')", "limit=1000", $"limit=3&prefix={hidden[..^1]}", $"limit=1&namespace={hidden}",
            $"limit=2&prefix={hidden}/secret-0",
        ];
        foreach (var (headers, expected) in ((string[], int)[])
            [([], 0), ([OwnedServer.As(openToken)], 0), ([OwnedServer.As(partToken)], 10), ([OwnedServer.As(token)], 30)])
        {
            foreach (var query in queries)
            {
                var (shown, cursors) = await ReadAsync($"{Wire.Entities}?{query}", headers);
                var wanted = query.EndsWith("secret-0", StringComparison.Ordinal) ? expected == 30 ? 10 : 0 : expected;
                Assert.True(wanted == shown.Count(id => id.StartsWith(hidden + "/", StringComparison.Ordinal)), $"{query}: {string.Join(' ', shown)}");
                if (expected == 0)
                {
                    Assert.DoesNotContain(cursors, cursor => cursor.Contains("secret", StringComparison.Ordinal));
                }
                else if (expected == 10)
                {
                    Assert.DoesNotContain(cursors, cursor => cursor.Contains("secret-0", StringComparison.Ordinal));
                    Assert.DoesNotContain(cursors, cursor => cursor.Contains("secret-2", StringComparison.Ordinal));
                }

                Assert.DoesNotContain(cursors, cursor => cursor.Contains("$flux/", StringComparison.Ordinal));
            }
        }

        async Task<(List<string> Shown, List<string> Cursors)> ReadAsync(string target, string[] headers)
        {
            var (shown, cursors) = (new List<string>(), new List<string>());
            for (string? next = target; next is not null;)
            {
                var answer = await owned.Http.GetAsync(next, headers);
                Assert.True(answer.Status == 200, $"{next}: {answer}");
                shown.AddRange(answer.Json.EnumerateArray().Select(e => e.Text("id")!));
                next = answer.Next();
                if (next is not null)
                {
                    cursors.Add(Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(next.Split("cursor=")[1])));
                }
            }

            Assert.Equal(shown.Distinct(), shown);
            return (shown, cursors);
        }
    }

    private async Task WriteAsync(string ns, (string Id, string Properties)[] entities)
    {
        var events = entities.Select(e => Good.Event($"{ns}/{e.Id}", e.Properties));
        var answer = await server.PostAsync("/api/events/batch", $"[{string.Join(',', events)}]");
        Assert.True(answer.Status == 200, $"{answer}");
        Assert.Equal(entities.Length, answer.Json.GetProperty("successful").GetInt32());
    }
}
