using System.Globalization;
using System.Text.Json;
using static Flux.Server.Tests.BadInput.Expect;

namespace Flux.Server.Tests.BadInput;

/// <summary>B: batches and deletes.</summary>
internal static class BatchRows
{
    private static readonly string GoodEvent = Good.With();

    public static readonly IReadOnlyList<Row> All =
    [
        new("B01", "batches that are none")
        {
            from body in (string[])["{}", "{\"events\":null}", "{\"events\":{}}", "{\"events\":\"x\"}", "{\"events\":5}", "{\"events\":[]}", "[]", "null", "\"x\"", "{\"Events\":[{}]}"]
            select Refused(body, RawRequest.Batch(body), 400, "invalid_request"),
            Refused("events twice", RawRequest.Batch($"{{\"events\":[{GoodEvent}],\"events\":[{GoodEvent}]}}"), 400, "invalid_request"),
            Check("bare array", async run => await CheckRowsAsync(run, await run.SendAsync(RawRequest.Batch($"[{GoodEvent}]")), [true])),
        },
        new("B02", "good and bad items mixed; all bad")
        {
            Check("bad stream, no source, bad timestamp", async run =>
            {
                string[] items = [GoodEvent, Good.With(stream: "\"A-B\""), Good.With(source: "\"\""), GoodEvent, Good.With(timestamp: "0"), GoodEvent];
                await CheckRowsAsync(run, await run.SendAsync(RawRequest.BatchOf(items)), [true, false, false, true, false, true]);
            }),
            Check("missing and mistyped members", async run =>
            {
                string[] items = [GoodEvent, Good.With(stream: "5"), Good.With(stream: ""), GoodEvent, "null", "5", "[]", "\"x\"", Good.With(payload: "null"), GoodEvent];
                var answer = await run.SendAsync(RawRequest.BatchOf(items));
                if (answer.Status == 400)
                {
                    RowRun.CheckRefusal(answer, [(400, "invalid_request")]);
                    return;
                }

                await CheckRowsAsync(run, answer, [true, false, false, true, false, false, false, false, false, true]);
            }),
            Check("all bad", async run =>
                await CheckRowsAsync(run, await run.SendAsync(RawRequest.BatchOf(Good.With(stream: "\"A\""), Good.With(timestamp: "-1"))), [false, false])),
            WithTokens("items of another's namespace, and of nobody's", async run =>
            {
                var (other, _) = await run.RegisterAsync();
                var items = $"[{GoodEvent},{Good.Event($"{other}/e", "{\"n\":1}")},{Good.Event("nobodys/e", "{\"n\":1}")},{Good.Event("e", "{\"n\":1}")},{GoodEvent}]";
                await CheckRowsAsync(run, await run.SendAsync(RawRequest.Batch(items, run.Owner)), [true, false, false, false, true]);
                Assert.Null(await run.TryReadAsync($"{other}/e"));
            }),
        },
        new("B03", "an item that is a batch; an item over 1 MiB")
        {
            RefusedInBatch("a batch", RawRequest.Bytes($"{{\"events\":[{GoodEvent}]}}"), "missing_field"),
            Check("over 1 MiB", async run =>
            {
                var id = run.NewId();
                var large = Good.Event(id, $"{{\"v\":\"{new string('x', 1_100_000)}\"}}");
                var answer = await run.SendAsync(RawRequest.BatchOf(GoodEvent, large, GoodEvent));
                Assert.True(answer.Status == 200, $"{answer}");
                var taken = answer.Json.GetProperty("results")[1].GetProperty("error").ValueKind == JsonValueKind.Null;
                await CheckRowsAsync(run, answer, [true, taken, true]);
                Assert.Equal(taken, await run.TryReadAsync(id) is not null);
            }),
        },
        new("B04", "two items, one eventId")
        {
            Check("same bytes", async run =>
            {
                var item = Good.Event(run.NewId(), "{\"n\":1}", run.NewMark());
                var answer = await run.SendAsync(RawRequest.BatchOf(item, item));
                Assert.Equal(2, answer.Json.GetProperty("successful").GetInt32());
                Assert.True(answer.Json.GetProperty("results")[1].GetProperty("duplicate").GetBoolean());
                run.Accepted++;
            }),
            Check("other bytes", async run =>
            {
                var (id, mark) = (run.NewId(), run.NewMark());
                var answer = await run.SendAsync(RawRequest.BatchOf(Good.Event(id, "{\"n\":1}", mark), Good.Event(id, "{\"n\":2}", mark)));
                await CheckRowsAsync(run, answer, [true, false]);
                Assert.Equal("event_id_conflict", answer.Json.GetProperty("results")[1].GetProperty("code").GetString());
                Assert.Equal(1, (await run.ReadAsync(id)).GetProperty("properties").GetProperty("n").GetInt32());
            }),
        },
        new("B05", "syntax error in the last item")
        {
            from last in (string[])["{", "{\"stream\":\"test\",}", "nul", "{\"a\":1}}", "\"\u0001\""]
            select Refused(last, RawRequest.Batch($"{{\"events\":[{string.Join(',', Enumerable.Repeat(GoodEvent, 1000))},{last}]}}"), 400, "invalid_json"),
            Refused("syntax error after the array", RawRequest.Batch($"{{\"events\":[{GoodEvent}],x}}"), 400, "invalid_json"),
        },
        new("B06", "the rate limit ends inside the batch") { new NotYet(NotYet.BatchRate) },
        new("B07", "connection lost after sending")
        {
            Check("a retry settles it", async run =>
            {
                var id = run.NewId();
                var mark = run.NewMark();
                var batch = RawRequest.BatchOf([.. Enumerable.Range(0, 100).Select(n => Good.Event(id, $"{{\"n\":{n}}}", $"{mark}/{n}"))]);
                await using (var http = await run.ConnectAsync())
                {
                    await http.SendAsync(batch);
                    http.Reset();
                }

                var answer = await run.SendAsync(batch);
                Assert.Equal(100, answer.Json.GetProperty("successful").GetInt32());
                run.Accepted += 100;
                Assert.Equal(100, (await run.HistoryAsync(id)).GetArrayLength());
                Assert.Equal(99, (await run.ReadAsync(id)).GetProperty("properties").GetProperty("n").GetInt32());
            }),
        },
        new("B08", "delete filters that are none; two filters")
        {
            from body in (string[])["{}", "[]", "null", "5", "\"x\"", "{\"prefix\":null}", "{\"prefix\":5}", "{\"namespace\":[]}", "{\"entity_ids\":\"x\"}", "{\"entity_ids\":[5]}", "{\"entity_ids\":{}}", "{\"Prefix\":\"x\"}"]
            select Refused(body, RawRequest.DeleteMany(body), 400, "invalid_request"),
            Refused("empty prefix", RawRequest.DeleteMany("{\"prefix\":\"\"}"), 400, "invalid_request"),
            Check("empty list", async run =>
            {
                var answer = await run.SendAsync(RawRequest.DeleteMany("{\"entity_ids\":[]}"));
                Assert.True(answer.Status == 200 && answer.Json.GetProperty("deleted").GetInt32() == 0, $"{answer}");
            }),
            CheckOpen("precedence", async run =>
            {
                var (a, b, c) = ($"{run.NewMark()}/e", run.NewMark(), run.NewMark());
                foreach (var id in (string[])[a, b, c])
                {
                    await run.PublishAsync(Good.Event(id, "{\"n\":1}"));
                }

                var first = await run.SendAsync(RawRequest.DeleteMany($$"""{"entity_ids":["{{c}}"],"prefix":"{{b}}","namespace":"{{a[..^2]}}"}"""));
                Assert.True(first.Status == 200 && first.Json.GetProperty("deleted").GetInt32() == 1, $"{first}");
                run.Accepted++;
                Assert.Null(await run.TryReadAsync(a));
                Assert.NotNull(await run.TryReadAsync(b));
                var second = await run.SendAsync(RawRequest.DeleteMany($$"""{"entity_ids":["{{c}}"],"prefix":"{{b}}"}"""));
                Assert.True(second.Status == 200 && second.Json.GetProperty("deleted").GetInt32() == 1, $"{second}");
                run.Accepted++;
                Assert.Null(await run.TryReadAsync(b));
                Assert.NotNull(await run.TryReadAsync(c));
            }),
        },
        new("B09", "delete beyond one's own namespace")
        {
            WithTokens("a prefix that another's namespace begins with, and one id of another", async run =>
            {
                var (ns, owner) = await run.RegisterAsync();
                var other = $"{ns}-2";
                var others = await Owners.RegisterAsync(run.Server, other);
                run.Accepted++;
                run.CheckAcceptance(await run.SendAsync(RawRequest.Publish(Good.Event($"{ns}/e", "{\"n\":1}"), owner)));
                run.CheckAcceptance(await run.SendAsync(RawRequest.Publish(Good.Event($"{other}/e", "{\"n\":1}"), others)));
                foreach (var body in (string[])[$"{{\"prefix\":\"{ns}\"}}", $"{{\"entity_ids\":[\"{ns}/e\",\"{other}/e\"]}}", $"{{\"namespace\":\"{other}\"}}"])
                {
                    RowRun.CheckRefusal(await run.SendAsync(RawRequest.DeleteMany(body, owner)), [(403, "wrong_namespace")]);
                    Assert.NotNull(await run.TryReadAsync($"{ns}/e"));
                    Assert.NotNull(await run.TryReadAsync($"{other}/e"));
                }

                var mine = await run.SendAsync(RawRequest.DeleteMany($"{{\"namespace\":\"{ns}\"}}", owner));
                Assert.True(mine.Status == 200 && mine.Json.GetProperty("deleted").GetInt32() == 1, $"{mine}");
                run.Accepted++;
                Assert.NotNull(await run.TryReadAsync($"{other}/e"));
            }),
        },
        new("B10", "delete of 10,001 ids; ill-formed id")
        {
            Refused("10,001 ids", () => RawRequest.DeleteMany($"{{\"entity_ids\":[{string.Join(',', Enumerable.Range(0, 10_001).Select(i => string.Create(CultureInfo.InvariantCulture, $"\"{i}\"")))}]}}"), [(400, "invalid_request")]),
            Refused("10,001 times one id", () => RawRequest.DeleteMany($"{{\"entity_ids\":[{string.Join(',', Enumerable.Repeat("\"x\"", 10_001))}]}}"), [(400, "invalid_request")]),
            Refused("lone surrogate", RawRequest.DeleteMany("{\"entity_ids\":[\"\\ud800\"]}"), 400, "invalid_string"),
            Refused("U+0000", RawRequest.DeleteMany("{\"entity_ids\":[\"a\\u0000\"]}"), 400, "invalid_entity_id"),
            Refused("invalid UTF-8", RawRequest.Post("/api/state/entities/delete", RawRequest.Bytes("{\"entity_ids\":[\"", 0xFF, "\"]}")), 400, "invalid_utf8"),
            RefusedWithTokens("no namespace, authentication on", run => RawRequest.DeleteMany("{\"entity_ids\":[\"e1\"]}", run.Owner), [(401, "invalid_entity_id")]),
            from id in (string[])["", "acme/", "acme//e1", "A/e1"]
            select RefusedWithTokens($"'{id}', authentication on", run => RawRequest.DeleteMany($"{{\"entity_ids\":[\"{id}\"]}}", run.Owner), [(400, "invalid_entity_id")]),
        },
        new("B11", "DELETE of an unknown entity; twice at once")
        {
            Check("unknown", async run =>
            {
                var id = run.NewId();
                var answer = await run.SendAsync(RawRequest.Of("DELETE", RawRequest.EntityPath(id)));
                Assert.True(answer.Status == 200, $"{answer}");
                run.Accepted++;
                await run.PublishAsync(Good.Event(id, "{\"n\":1}"));
                Assert.Equal("state_update", (await run.NextPushAsync(id)).GetProperty("type").GetString());
            }),
            Check("twice at once", async run =>
            {
                var id = run.NewId();
                await run.PublishAsync(Good.Event(id, "{\"n\":1}"));
                await run.NextPushAsync(id);
                var delete = RawRequest.Of("DELETE", RawRequest.EntityPath(id));
                var answers = await Task.WhenAll(run.SendAsync(delete), run.SendAsync(delete));
                Assert.All(answers, a => Assert.True(a.Status == 200, $"{a}"));
                Assert.NotEqual(answers[0].Json.GetProperty("eventId").GetString(), answers[1].Json.GetProperty("eventId").GetString());
                run.Accepted += 2;
                Assert.Equal(3, (await run.HistoryAsync(id)).GetArrayLength());
                Assert.Equal("entity_deleted", (await run.NextPushAsync(id)).GetProperty("type").GetString());
                await run.PublishAsync(Good.Event(id, "{\"n\":1}"));
                Assert.Equal("state_update", (await run.NextPushAsync(id)).GetProperty("type").GetString());
            }),
        },
    ];

    /// <summary>200, one row an item in order, each with all three keys, and counts that agree.</summary>
    private static Task CheckRowsAsync(RowRun run, RawAnswer answer, bool[] stored)
    {
        Assert.True(answer.Status == 200, $"{answer}");
        var rows = answer.Json.GetProperty("results").EnumerateArray().ToList();
        Assert.Equal(stored.Length, rows.Count);
        for (var i = 0; i < stored.Length; i++)
        {
            Assert.True(rows[i].TryGetProperty("eventId", out var id) & rows[i].TryGetProperty("stream", out _) & rows[i].TryGetProperty("error", out var error), $"row {i}: {rows[i]}");
            Assert.True(error.ValueKind == (stored[i] ? JsonValueKind.Null : JsonValueKind.String), $"row {i}: {rows[i]}");
            Assert.True(!stored[i] || id.ValueKind == JsonValueKind.String, $"row {i}: {rows[i]}");
        }

        var good = stored.Count(s => s);
        Assert.Equal(good, answer.Json.GetProperty("successful").GetInt32());
        Assert.Equal(stored.Length - good, answer.Json.GetProperty("failed").GetInt32());
        run.Accepted += good;
        return Task.CompletedTask;
    }
}
