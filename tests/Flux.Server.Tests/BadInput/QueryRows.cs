using System.Globalization;
using System.Text.Json;
using Flux.Core.Log;
using Flux.Core.Subscriptions;
using static Flux.Server.Tests.BadInput.Expect;

namespace Flux.Server.Tests.BadInput;

/// <summary>Q: query parameters and reads.</summary>
internal static class QueryRows
{
    private const string History = "/api/events";
    private const string Entities = "/api/state/entities";
    private const string Series = "/api/series?entity=acme/e1&property=n";

    private static readonly string[] NoNumbers = ["-1", "abc", "1.5", "1e3", "0x10", "%D9%A3", "%EF%BC%95", "", "99999999999999999999", "%201", "1%20", "+1"];

    private static readonly string[] NoTimes =
    [
        "garbage", "", "1772028627158", "2026-02-25", "2026-02-25T20:04:27", "2026-02-30T00:00:00Z", "0000-01-01T00:00:00Z", "99999-01-01T00:00:00Z",
        "2026-02-25T20:04:27%2B99:99", "2026-02-25T25:00:00Z", "2026-13-01T00:00:00Z", "2026-02-25T20:04Z",
    ];

    public static readonly IReadOnlyList<Row> All =
    [
        new("Q01", "history without entity")
        {
            Refused("none", RawRequest.Get(History), 400, "invalid_parameter"),
            Refused("empty", RawRequest.Get($"{History}?entity="), 400, "invalid_parameter"),
            Refused("without a value", RawRequest.Get($"{History}?entity"), 400, "invalid_parameter"),
            Refused("another parameter", RawRequest.Get($"{History}?limit=5"), 400, "invalid_parameter"),
            from query in (string[])
            [
                "order=asc", "from=1", "before=5", "until=2026-01-01T00:00:00Z", "namespace=", "prefix=", "namespace=&prefix=&order=asc", "entity=&order=asc",
                "entity=&namespace=acme", "entity=acme/e1&namespace=acme", "entity=acme/e1&prefix=acme",
            ]
            select Refused(query, RawRequest.Get($"{History}?{query}"), 400, "invalid_parameter"),
            from target in (string[])["/api/series", "/api/series?property=n", "/api/series?entity=&property=n", "/api/series?entity=acme/e1", "/api/series?entity=acme/e1&limit=5"]
            select Refused(target, RawRequest.Get(target), 400, "invalid_parameter"),
        },
        new("Q02", "limits that are no numbers")
        {
            from limit in NoNumbers
            select Refused(limit.Length == 0 ? "empty" : limit, RawRequest.Get($"{History}?entity=acme/e1&limit={limit}"), 400, "invalid_parameter"),
            from name in (string[])["from", "before", "limit"]
            from number in NoNumbers
            select Refused($"{name}={number} of a page", RawRequest.Get($"{History}?namespace=acme&order=asc&{name}={number}"), 400, "invalid_parameter"),
            from order in (string[])["", "ASC", "up", "asc%20", "asc,desc", "1"]
            select Refused($"order={order}", RawRequest.Get($"{History}?entity=acme/e1&order={order}"), 400, "invalid_parameter"),
            from limit in NoNumbers
            select Refused($"list, limit={limit}", RawRequest.Get($"{Entities}?limit={limit}"), 400, "invalid_parameter"),
            from name in (string[])["limit", "buckets", "from", "to"]
            from number in NoNumbers
            select Refused($"series, {name}={number}", RawRequest.Get($"{Series}&{name}={number}"), 400, "invalid_parameter"),
            from number in (string[])["0", "2001", "4294967297", "9223372036854775808"]
            select Refused($"series, buckets={number}", RawRequest.Get($"{Series}&buckets={number}"), 400, "invalid_parameter"),
            from name in (string[])["from", "to"]
            select Refused($"series, {name} beyond all positions", RawRequest.Get($"{Series}&{name}=9223372036854775808"), 400, "invalid_parameter"),
            from order in (string[])["", "ASC", "up", "1", "asc,desc"]
            select Refused($"series, order={order}", RawRequest.Get($"{Series}&order={order}"), 400, "invalid_parameter"),
        },
        new("Q03", "limit 0; 501, 4294967296")
        {
            Check("clamped", async run =>
            {
                var id = run.NewId();
                var batch = await run.SendAsync(RawRequest.BatchOf([.. Enumerable.Range(0, 502).Select(n => Good.Event(id, $"{{\"n\":{n}}}"))]));
                Assert.Equal(502, batch.Json.GetProperty("successful").GetInt32());
                run.Accepted += 502;
                foreach (var (limit, expected) in ((string, int)[])[("0", 1), ("1", 1), ("501", 500), ("4294967296", 500), ("500", 500)])
                {
                    var answer = await run.SendAsync(RawRequest.Get($"{History}?entity={id}&limit={limit}"));
                    Assert.True(answer.Status == 200 && answer.Json.GetArrayLength() == expected, $"limit {limit}: {answer.Status}, {answer.Json.GetArrayLength()} events");
                    Assert.Equal(501, answer.Json[0].GetProperty("payload").GetProperty("properties").GetProperty("n").GetInt32());
                    var page = await run.SendAsync(RawRequest.Get($"{History}?entity={id}&order=asc&limit={limit}"));
                    Assert.True(page.Status == 200 && page.Json.GetArrayLength() == expected, $"page of {limit}: {page.Status}, {page.Json.GetArrayLength()} events");
                    Assert.Equal(0, page.Json[0].GetProperty("payload").GetProperty("properties").GetProperty("n").GetInt32());
                }

                foreach (var (limit, expected) in ((string, int)[])[("0", 1), ("1", 1), ("501", 501), ("4294967296", 502), ("18446744073709551615", 502)])
                {
                    var answer = await run.SendAsync(RawRequest.Get($"/api/series?entity={id}&property=n&order=desc&limit={limit}"));
                    Assert.True(answer.Status == 200 && answer.Json.GetArrayLength() == expected, $"limit {limit}: {answer.Status}, {answer.Json.GetArrayLength()} points");
                    Assert.Equal(501, answer.Json[0][1].GetInt32());
                    answer = await run.SendAsync(RawRequest.Get($"{Entities}?prefix={id}&limit={limit}"));
                    Assert.True(answer.Status == 200 && answer.Json.GetArrayLength() == 1, $"limit {limit}: {answer}");
                }
            }),
        },
        new("Q04", "since that is no time")
        {
            from since in NoTimes
            select Refused(since.Length == 0 ? "empty" : since, RawRequest.Get($"{History}?entity=acme/e1&since={since}"), 400, "invalid_parameter"),
            from since in NoTimes
            from name in (string[])["since", "until"]
            select Refused($"{name}={since} of a page", RawRequest.Get($"{History}?namespace=acme&order=asc&{name}={since}"), 400, "invalid_parameter"),
            from since in (string[])["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59.9999999Z", "0001-01-01T00:00:00Z"]
            from target in (string[])["entity=acme/e1&since=", "entity=acme/e1&order=asc&since=", "namespace=acme&until=", "prefix=acme&since="]
            select OkOrRefused(target + since, $"{History}?{target}{since}"),
            from name in (string[])["since", "until"]
            from time in NoTimes
            select Refused($"series, {name}={time}", RawRequest.Get($"{Series}&{name}={time}"), 400, "invalid_parameter"),
            from name in (string[])["since", "until"]
            from time in (string[])["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00%2B14:00"]
            from more in (string[])["", "&buckets=5"]
            select OkOrRefused($"series, {name}={time}{more}", $"{Series}&{name}={time}{more}"),
            Refused("series, a time and a position to begin with", RawRequest.Get($"{Series}&since=2026-02-25T20:04:27Z&from=1"), 400, "invalid_parameter"),
            Refused("series, a time and a position to end with", RawRequest.Get($"{Series}&until=2026-02-25T20:04:27Z&to=1"), 400, "invalid_parameter"),
            Refused("series, buckets and a limit", RawRequest.Get($"{Series}&buckets=5&limit=5"), 400, "invalid_parameter"),
            Refused("series, buckets and an order", RawRequest.Get($"{Series}&buckets=5&order=asc"), 400, "invalid_parameter"),
        },
        new("Q05", "since in the future; a raw plus")
        {
            Check("future", async run =>
            {
                await run.PublishAsync(Good.With());
                foreach (var query in (string[])
                [
                    "entity=acme/e1&since=2999-01-01T00:00:00Z", "entity=acme/e1&order=asc&since=2999-01-01T00:00:00Z", "namespace=acme&since=2999-01-01T00:00:00Z",
                    "entity=acme/e1&since=2999-01-01T00:00:00Z&until=2000-01-01T00:00:00Z", "entity=acme/e1&from=9223372036854775807", "entity=acme/e1&order=asc&before=0",
                ])
                {
                    var answer = await run.SendAsync(RawRequest.Get($"{History}?{query}"));
                    Assert.True(answer.Status == 200 && answer.Text == "[]" && answer.Header("Link") is null, $"{query}: {answer}");
                }
                Assert.Equal("[]", (await run.SendAsync(RawRequest.Get($"{Series}&since=2999-01-01T00:00:00Z"))).Text);
                Assert.Equal("[]", (await run.SendAsync(RawRequest.Get($"{Series}&buckets=5&since=2999-01-01T00:00:00Z"))).Text);
                Assert.Equal("[]", (await run.SendAsync(RawRequest.Get($"{Series}&buckets=2000&since=2999-01-01T00:00:00Z&until=1999-01-01T00:00:00Z"))).Text);
            }),
            OkOrRefused("raw plus", $"{History}?entity=acme/e1&since=2026-02-25T20:04:27+00:00"),
            OkOrRefused("raw plus in until", $"{History}?entity=acme/e1&until=2026-02-25T20:04:27+00:00"),
            OkOrRefused("raw plus in at", $"{Entities}?prefix=nobody&at=2026-02-25T20:04:27+00:00"),
            OkOrRefused("raw plus in a series", $"{Series}&since=2026-02-25T20:04:27+00:00"),
        },
        new("Q06", "repeated parameters")
        {
            Refused("limit", RawRequest.Get($"{History}?entity=acme/e1&limit=1&limit=500"), 400, "invalid_parameter"),
            Refused("entity", RawRequest.Get($"{History}?entity=a&entity=b"), 400, "invalid_parameter"),
            Refused("since", RawRequest.Get($"{History}?entity=a&since=2026-01-01T00:00:00Z&since=2026-01-01T00:00:00Z"), 400, "invalid_parameter"),
            from twice in (string[])["order=asc", "from=1", "before=5", "until=2026-01-01T00:00:00Z", "namespace=a", "prefix=a", "limit=5", "since=2026-01-01T00:00:00Z"]
            select Refused($"{twice} of a page", RawRequest.Get($"{History}?namespace=acme&order=asc&{twice}&{twice}"), 400, "invalid_parameter"),
            Refused("at", RawRequest.Get($"{Entities}?at=1&at=1"), 400, "invalid_parameter"),
            Refused("at of an entity", RawRequest.Get($"{Entities}/acme%2Fe1?at=1&at=2"), 400, "invalid_parameter"),
            Refused("namespace", RawRequest.Get($"{Entities}?namespace=a&namespace=b"), 400, "invalid_parameter"),
            Refused("prefix", RawRequest.Get($"{Entities}?prefix=a&prefix=a"), 400, "invalid_parameter"),
            from name in (string[])["limit", "where", "cursor"]
            select Refused($"list, {name}", RawRequest.Get($"{Entities}?{name}=1&{name}=1"), 400, "invalid_parameter"),
            from name in (string[])["entity", "property", "since", "until", "from", "to", "limit", "order", "buckets"]
            select Refused($"series, {name}", RawRequest.Get($"/api/series?entity=a&property=n&{name}=1&{name}=1"), 400, "invalid_parameter"),
        },
        new("Q07", "filters with a meaning elsewhere")
        {
            CheckOpen("literal", async run =>
            {
                await run.PublishAsync(Good.With());
                await run.PublishAsync(Good.Event("\\x/e", "{\"n\":1}"));
                foreach (var query in (string[])["namespace=ACME", "namespace=ac%25", "namespace=*", "namespace=acme'--", "namespace=", "namespace=acme/", "prefix=%25", "prefix=_cme", "prefix=ACME", "prefix='", "prefix=*"])
                {
                    var answer = await run.SendAsync(RawRequest.Get($"{Entities}?{query}"));
                    Assert.True(answer.Status == 200 && answer.Text == "[]", $"{query}: {answer}");
                }

                var backslash = await run.SendAsync(RawRequest.Get($"{Entities}?prefix=\\"));
                Assert.Equal(["\\x/e"], backslash.Json.EnumerateArray().Select(e => e.GetProperty("id").GetString()));
                await run.PublishAsync(Good.Event("\\x/e", "{\"__deleted__\":true}"));
            }),
        },
        new("Q08", "list of 100,000 entities; prefix=")
        {
            Check("unread lists are not kept in memory", async run =>
            {
                const int lists = 40;
                var prefix = run.NewId("acme/q08-");
                var text = new string('x', 50_000);
                var batch = await run.SendAsync(RawRequest.BatchOf([.. Enumerable.Range(0, 150).Select(i => Good.Event($"{prefix}/{i}", $"{{\"v\":\"{text}\"}}"))]));
                Assert.Equal(150, batch.Json.GetProperty("successful").GetInt32());
                run.Accepted += 150;
                var request = RawRequest.Get($"{Entities}?prefix={prefix}");
                var whole = await run.SendAsync(request); // as often as it is read, memory has been taken for it before it is weighed
                Assert.Equal(150, whole.Json.GetArrayLength());
                var before = ProcessFootprint.Of(run.Server.ProcessId);
                var unread = await Task.WhenAll(Enumerable.Range(0, lists).Select(_ => RawHttp.ConnectAsync(run.Server.Port, receiveBuffer: 4096)));
                try
                {
                    await Task.WhenAll(unread.Select(http => http.SendAsync(request)));
                    await Task.WhenAll(unread.Select(http => http.WaitForBytesAsync()));
                    var after = ProcessFootprint.Of(run.Server.ProcessId);
                    Assert.True(after.Bytes - before.Bytes < lists * (long)whole.Body.Length / 2, $"{lists} lists of {whole.Body.Length} bytes are answered and not read: from {before} to {after}");
                }
                finally
                {
                    Array.ForEach(unread, http => http.Reset());
                }

                var deleted = await run.SendAsync(RawRequest.DeleteMany($"{{\"prefix\":\"{prefix}\"}}"));
                Assert.Equal(150, deleted.Json.GetProperty("deleted").GetInt32());
                run.Accepted += 150;
            }),
            ListOf(2_000),
            ListOf(100_000) with { OnlyInLongRun = true },
        },
        new("Q09", "cursors of others; conditions that are none")
        {
            Check("altered, of another query, of another form", async run =>
            {
                foreach (var id in (string[])["acme/q09-a", "acme/q09-b"])
                {
                    await run.PublishAsync(Good.Event(id, "{\"n\":1}"));
                }

                var link = (await run.SendAsync(RawRequest.Get($"{Entities}?prefix=acme/q09&limit=1"))).Header("Link")!;
                var cursor = link[(link.IndexOf("cursor=", StringComparison.Ordinal) + 7)..link.IndexOf('>', StringComparison.Ordinal)];
                var next = await run.SendAsync(RawRequest.Get($"{Entities}?prefix=acme/q09&cursor={cursor}"));
                Assert.True(next.Status == 200 && next.Json.GetArrayLength() == 1, $"{next}");
                var altered = Enumerable.Range(0, cursor.Length).Select(i => $"prefix=acme/q09&cursor={cursor[..i]}{(cursor[i] == 'A' ? 'B' : 'A')}{cursor[(i + 1)..]}");
                foreach (var query in (string[])
                [
                    .. altered, $"prefix=acme/q09&cursor={cursor[..^1]}", $"prefix=acme/q09&cursor={cursor}A", $"prefix=acme/q09&cursor={cursor}=", $"prefix=acme/q0&cursor={cursor}",
                    $"prefix=other/q09&cursor={cursor}", $"namespace=acme&prefix=acme/q09&cursor={cursor}", $"prefix=acme/q09&where=true&cursor={cursor}", $"cursor={cursor}", "cursor=",
                    "cursor=AQ", "cursor=%00", "cursor=%C3%A9", $"cursor={new string('A', 4000)}", "cursor=1", "cursor=../../x",
                ])
                {
                    RowRun.CheckRefusal(await run.SendAsync(RawRequest.Get($"{Entities}?{query}")), [(400, "invalid_parameter")]);
                }
            }),
            from @where in (string[])
            [
                "", "1", "properties.n", "properties.n%20%3E", "(", "nobody", "previous.n%20%3E%201", "deleted", "event.id%20==%20%22x%22", "version%20==%20%22x%22", "%22%00%22",
                "entity.matches(%22(a%2B)%2B(%22)", new string('(', 3000), new string('x', 5000), new string('i', 4_000), "%22%F0%9F%98%80%22",
            ]
            where @where != "properties.n" // of any type: it is judged
            select Refused($"where={(@where.Length > 40 ? @where[..40] : @where)}", RawRequest.Get($"{Entities}?where={@where}"), 400, "invalid_parameter"),
            Check("a hostile pattern is answered in time", async run =>
            {
                await run.PublishAsync(Good.Event("acme/q09-c", $"{{\"text\":\"{new string('a', 50_000)}\"}}"));
                var begun = TimeProvider.System.GetTimestamp();
                var answer = await run.SendAsync(RawRequest.Get($"{Entities}?prefix=acme/q09&where=properties.text.matches(%22%5E(a%2B)%2B%24%22)"));
                Assert.True(answer.Status is 200 or 400 && TimeProvider.System.GetElapsedTime(begun) < TimeSpan.FromSeconds(1), $"{TimeProvider.System.GetElapsedTime(begun)}: {answer}");
            }),
        },
        new("Q10", "broken escapes, long queries, many parameters")
        {
            from escape in (string[])["%00", "%ff", "%zz", "%"]
            from target in (string[])[$"{History}?entity=", $"{Entities}?prefix=", $"{Entities}?namespace=", $"{Entities}?unknown=", $"{History}?namespace=", $"{History}?prefix=", $"{Entities}?prefix=nobody&at=",
                "/api/series?property=n&entity=", "/api/series?entity=acme/e1&property=", $"{Entities}?limit=1&prefix="]
            select OkOrRefused(target + escape, target + escape),
            from query in (string[])["event=", "event=nobody&namespace="]
            select Refused($"why?{query}%00", RawRequest.Get($"/api/why?{query}%00"), 404, "not_found"),
            RefusedOrCut("history of 10 KB", () => RawRequest.Get($"{History}?prefix={new string('x', 10_240)}"), [(414, null)]),
            RefusedOrCut("query of 10 KB", () => RawRequest.Get($"{Entities}?prefix={new string('x', 10_240)}"), [(414, null)]),
            Check("1,000 unknown parameters", async run =>
            {
                var unknown = string.Concat(Enumerable.Range(0, 1000).Select(i => string.Create(CultureInfo.InvariantCulture, $"&u{i}=")));
                var answer = await run.SendAsync(RawRequest.Get($"{Entities}?prefix=nobody{unknown}"));
                Assert.True(answer.Status == 200 && answer.Text == "[]", $"{answer}");
            }),
        },
        new("Q11", "reads of a private namespace")
        {
            WithTokens("with another's token and with none", async run =>
            {
                var (ns, owner) = await run.RegisterAsync();
                var published = await run.SendAsync(RawRequest.Publish(Good.Event($"{ns}/e", "{\"n\":1}"), owner));
                run.CheckAcceptance(published);
                var position = published.Json.GetProperty("position").GetInt64();
                await run.ManageAsync("PUT", $"/api/namespaces/{ns}", "{\"private\":true}");
                foreach (var headers in (string[][])[[], [run.Owner], [Owners.Operator], ["Authorization: Bearer x"]])
                {
                    RowRun.CheckRefusal(await run.SendAsync(RawRequest.Get(RawRequest.EntityPath($"{ns}/e"), headers)), [(404, "not_found")]);
                    Assert.Equal("[]", (await run.SendAsync(RawRequest.Get($"{Entities}?namespace={ns}", headers))).Text);
                    foreach (var query in (string[])[$"entity={ns}/e", $"entity={ns}/e&order=asc", $"namespace={ns}", $"prefix={ns}/", $"namespace={ns}&order=asc&limit=1"])
                    {
                        var answer = await run.SendAsync(RawRequest.Get($"{History}?{query}", headers));
                        Assert.True(answer.Status == 200 && answer.Text == "[]" && answer.Header("Link") is null, $"{query}: {answer}");
                    }

                    RowRun.CheckRefusal(await run.SendAsync(RawRequest.Get($"{RawRequest.EntityPath($"{ns}/e")}?at={position}", headers)), [(404, "not_found")]);
                    Assert.Equal("[]", (await run.SendAsync(RawRequest.Get($"{Entities}?namespace={ns}&at={position}", headers))).Text);
                    var page = await run.SendAsync(RawRequest.Get($"{Entities}?namespace={ns}&limit=1&where=true", headers));
                    Assert.Equal(("[]", null), (page.Text, page.Header("Link")));
                    Assert.Equal("[]", (await run.SendAsync(RawRequest.Get($"/api/series?entity={ns}/e&property=n", headers))).Text);
                    Assert.Equal("[]", (await run.SendAsync(RawRequest.Get($"/api/series?entity={ns}/e&property=n&buckets=2", headers))).Text);
                }

                Assert.Equal(1, (await run.SendAsync(RawRequest.Get($"{Entities}?namespace={ns}", owner))).Json.GetArrayLength());
            }),
        },
        new("Q12", "time travel out of range")
        {
            from at in (string[])
            [
                "", "-1", "+1", "%201", "1.5", "1e3", "0x10", "%D9%A3", "abc", "999999999999", "9223372036854775807", "9223372036854775808", "18446744073709551615",
                "99999999999999999999", "2999-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z", "2026-02-25", "2026-02-25T20:04:27", "now", "head", "live", "null", new string('A', 50),
                new Cursor(Guid.NewGuid(), new Position(1), RowHash: 1).ToString(), new Cursor(Guid.NewGuid(), Position.Start, RowHash: 0).ToString(), new string('9', 5000),
            ]
            from target in (string[])[$"{Entities}/acme%2Fe1", $"{Entities}", $"{Entities}?namespace=acme"]
            select Refused($"{target} at {(at.Length > 60 ? at[..60] : at)}", RawRequest.Get($"{target}{(target.Contains('?', StringComparison.Ordinal) ? '&' : '?')}at={at}"), 400, "invalid_parameter"),
            Check("before the first row", async run =>
            {
                await run.PublishAsync(Good.With());
                foreach (var at in (string[])["0", "000", "1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z"])
                {
                    RowRun.CheckRefusal(await run.SendAsync(RawRequest.Get($"{Entities}/acme%2Fe1?at={at}")), [(404, "not_found")]);
                    Assert.Equal("[]", (await run.SendAsync(RawRequest.Get($"{Entities}?at={at}"))).Text);
                }
            }),
        },
        new("Q13", "other methods")
        {
            from target in (string[])[History, "/api/events/batch", "/api/series", Entities, $"{Entities}/acme%2Fe1", "/api/ws", "/health/live", "/health/ready"]
            from method in (string[])["PATCH", "PUT"]
            select Refused($"{method} {target}", RawRequest.With(method, target, "{}"u8.ToArray()), 405, "method_not_allowed"),
            Refused("PATCH on the batch delete", RawRequest.With("PATCH", $"{Entities}/delete", "{}"u8.ToArray()), 405, "method_not_allowed"),
            Check("HEAD", async run =>
            {
                await run.PublishAsync(Good.With());
                foreach (var target in (string[])[$"{History}?entity=acme/e1", Series, $"{Series}&buckets=5", Entities, $"{Entities}?limit=1", $"{Entities}/acme%2Fe1", "/health/live"])
                {
                    await using var http = await run.ConnectAsync();
                    var answer = await http.ExchangeAsync(RawRequest.Of("HEAD", target));
                    Assert.True(answer.Status == 200, $"HEAD {target}: {answer}");
                    Assert.Equal(200, (await http.ExchangeAsync(RawRequest.HealthCheck)).Status);
                }
            }),
            Check("OPTIONS", async run =>
            {
                foreach (var target in (string[])[History, Entities, $"{Entities}/acme%2Fe1", "/api/ws", "/nowhere"])
                {
                    var answer = await run.SendAsync(RawRequest.Of("OPTIONS", target));
                    Assert.True(answer.Status is 200 or 204 && answer.Body.Length == 0, $"OPTIONS {target}: {answer}");
                }
            }),
            Check("method override", async run =>
            {
                var id = run.NewId();
                await run.PublishAsync(Good.Event(id, "{\"n\":1}"));
                var answer = await run.SendAsync(RawRequest.Get(RawRequest.EntityPath(id), "X-HTTP-Method-Override: DELETE"));
                Assert.Equal(id, answer.Json.GetProperty("id").GetString());
                Assert.NotNull(await run.TryReadAsync(id));
            }),
        },
    ];

    private static Variant OkOrRefused(string name, string target) => Check(name, async run =>
    {
        var answer = await run.SendAsync(RawRequest.Get(target));
        if (answer.Status != 200)
        {
            RowRun.CheckRefusal(answer, [(400, null), (400, "invalid_parameter")]);
            return;
        }

        Assert.Equal(JsonValueKind.Array, answer.Json.ValueKind);
    }) with
    { LeavesNothing = true };

    private static Variant ListOf(int count) => Check($"{count} entities", async run =>
    {
        var prefix = run.NewId("acme/q08-");
        var ids = Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"{prefix}/{i}")).ToList();
        foreach (var chunk in ids.Chunk(50_000))
        {
            var batch = await run.SendManyAsync(RawRequest.BatchOf([.. chunk.Select(id => Good.Event(id, "{\"n\":1}"))]), chunk.Length);
            Assert.Equal(chunk.Length, batch.Json.GetProperty("successful").GetInt32());
            run.Accepted += chunk.Length;
        }

        foreach (var query in (string[])["", "?prefix=", $"?prefix={prefix}", "?namespace=acme"])
        {
            var listed = (await run.SendAsync(RawRequest.Get(Entities + query))).Json.EnumerateArray().Select(e => e.GetProperty("id").GetString());
            Assert.Equal(count, listed.Count(id => id!.StartsWith(prefix + "/", StringComparison.Ordinal)));
        }

        foreach (var chunk in ids.Chunk(10_000))
        {
            var deleted = await run.SendManyAsync(RawRequest.DeleteMany(JsonSerializer.Serialize(new { entity_ids = chunk })), chunk.Length);
            Assert.Equal(chunk.Length, deleted.Json.GetProperty("deleted").GetInt32());
            run.Accepted += chunk.Length;
        }
    });
}
