using System.Text.Json;
using static Flux.Server.Tests.BadInput.Expect;

namespace Flux.Server.Tests.BadInput;

/// <summary>I: ids and namespaces. With authentication off any string is an id, taken as it is.</summary>
internal static class IdRows
{
    private static readonly string[] OddIds = ["", "/e1", "acme/", "/", "acme//e1", "acme/e1/", "e1", "acme/e1/x", " acme/e1", "acme/e1 "];

    private static readonly string[] NoNamespaces =
        ["ab", new string('n', 33), "Acme", "ac me", "ac.me", "acm\u00e9", "acme\n", "\u0430cme", "\uff41\uff43\uff4d\uff45", "ac\u0663e"];

    private static readonly string[] OtherSeparators = ["acme\\e1", "acme%2Fe1", "acme\u2044e1", "acme:e1"];

    public static readonly IReadOnlyList<Row> All =
    [
        new("I01", "no entity_id or properties, or of a wrong type")
        {
            from id in (string[])["", "\"entity_id\":5,", "\"entity_id\":null,", "\"entity_id\":[],", "\"entity_id\":{},"]
            select NoChange(id.Length == 0 ? "no entity_id" : id, $"{{{id}\"properties\":{{\"n\":1}}}}", entity: null),
            from properties in (string[])["", ",\"properties\":5", ",\"properties\":null", ",\"properties\":[]", ",\"properties\":\"{}\""]
            select NoChange(properties.Length == 0 ? "no properties" : properties, $$"""{"entity_id":"acme/i01"{{properties}}}""", entity: "acme/i01"),
            from payload in (string[])["{\"properties\":{\"n\":1}}", "{\"entity_id\":5,\"properties\":{\"n\":1}}", "{\"entity_id\":[]}", "{\"entity_id\":{}}"]
            select RefusedWithTokens($"{payload}, authentication on", run => RawRequest.Publish(Good.With(payload: payload), run.Owner), [(401, "invalid_entity_id")]),
        },
        new("I02", "empty parts, no slash, more slashes")
        {
            from id in OddIds
            select KeepsId($"'{id}'", id),
            from id in OddIds
            where id is not ("acme/e1/x" or "acme/e1 ")
            select NobodyOwns(id),
            from id in (string[])["acme/e1/x", "acme/e1 "]
            select WithTokens($"'{id}', authentication on", run => run.PublishAsync(Good.Event(id, "{\"n\":1}"))),
        },
        new("I03", "namespaces that are none")
        {
            from name in NoNamespaces
            select KeepsId(name.Trim(), $"{name}/e1"),
            from name in NoNamespaces
            select NobodyOwns($"{name}/e1"),
        },
        new("I04", "invisible characters in the rest")
        {
            from c in (string[])["\u200B", "\u00AD", "\u202E", "\uFEFF", "\n", "\r\n", "\u007F"]
            select KeepsId($"U+{(int)c[0]:X4}", $"acme/e{c}1"),
        },
        new("I05", "dots")
        {
            from id in (string[])["acme/..", "acme/.", "acme/..%2f..%2fx", "../e1"]
            select KeepsId(id, id),
            NobodyOwns("../e1"),
            from id in (string[])["acme/..", "acme/.", "acme/..%2f..%2fx"]
            select WithTokens($"{id}, authentication on", async run =>
            {
                await run.PublishAsync(Good.Event(id, "{\"n\":1}"));
                Assert.NotNull(await run.TryReadAsync(id));
            }),
        },
        new("I06", "id of 1,024 / 1,025 bytes / 1 MB")
        {
            KeepsId("1,024 bytes", "acme/" + new string('i', 1019)),
            KeepsId("1,024 bytes of two each", "acme/i" + new string('\u00e9', 509)),
            RefusedEvent("1,025 bytes", Good.Event("acme/" + new string('i', 1020), "{\"n\":1}"), 400, "invalid_entity_id"),
            RefusedEvent("1,025 bytes of two each", RawRequest.Bytes(Good.With(payload: $$$"""{"entity_id":"acme/{{{new string('\u00e9', 510)}}}","properties":{"n":1}}""")), 400, "invalid_entity_id"),
            Refused("1 MB", () => RawRequest.Publish(Good.Event("acme/" + new string('i', 1_000_000), "{\"n\":1}")), [(400, "invalid_entity_id")]),
            Refused("1,025 bytes, delete many", RawRequest.DeleteMany($"{{\"entity_ids\":[\"{new string('i', 1025)}\"]}}"), 400, "invalid_entity_id"),
            Refused("1,025 bytes, delete one", RawRequest.Of("DELETE", $"/api/state/entities/{new string('i', 1025)}"), 400, "invalid_entity_id"),
        },
        new("I07", "other separators in the body")
        {
            from id in OtherSeparators
            select KeepsId(id, id),
            from id in OtherSeparators
            select NobodyOwns(id),
        },
        new("I08", "encoded, doubly encoded and raw slashes; plus")
        {
            Check("the same entity", async run =>
            {
                var id = run.NewId();
                await run.PublishAsync(Good.Event(id, "{\"n\":1}"));
                foreach (var target in (string[])[id.Replace("/", "%2F", StringComparison.Ordinal), id.Replace("/", "%2f", StringComparison.Ordinal), id])
                {
                    var answer = await run.SendAsync(RawRequest.Get($"/api/state/entities/{target}"));
                    Assert.True(answer.Status == 200 && answer.Json.GetProperty("id").GetString() == id, $"{target}: {answer}");
                }
            }),
            CheckOpen("encoded twice", async run =>
            {
                var name = run.NewMark();
                await run.PublishAsync(Good.Event($"acme%2F{name}", "{\"n\":1}"));
                await run.PublishAsync(Good.Event($"acme/{name}", "{\"n\":2}"));
                var answer = await run.SendAsync(RawRequest.Get($"/api/state/entities/acme%252F{name}"));
                Assert.True(answer.Status == 200 && answer.Json.GetProperty("id").GetString() == $"acme%2F{name}", $"{answer}");
            }),
            Check("plus", async run =>
            {
                var id = run.NewId();
                await run.PublishAsync(Good.Event($"{id}+b", "{\"n\":1}"));
                var answer = await run.SendAsync(RawRequest.Get($"/api/state/entities/{id}+b"));
                Assert.True(answer.Status == 200 && answer.Json.GetProperty("id").GetString() == $"{id}+b", $"{answer}");
                Assert.Equal(404, (await run.SendAsync(RawRequest.Get($"/api/state/entities/{id}%20b"))).Status);
            }),
        },
        new("I09", "%00, invalid UTF-8 and broken escapes in a path")
        {
            from part in (string[])["acme%00e1", "acme%c0%afe1", "acme%ff", "acme%ed%a0%80"]
            from method in (string[])["GET", "DELETE"]
            select RefusedOrCut($"{method} {part}", () => RawRequest.Of(method, $"/api/state/entities/{part}"), [(400, null), (400, "invalid_entity_id")]),
            RefusedOrCut("raw byte FF", () => RawRequest.Bytes("GET /api/state/entities/acme", 0xFF, " HTTP/1.1\r\nHost: localhost\r\n\r\n"), [(400, null)]),
            from part in (string[])["%zz", "%", "acme%2"]
            select RefusedOrCut(part, () => RawRequest.Get($"/api/state/entities/{part}"), [(400, null), (400, "invalid_entity_id"), (404, "not_found")]),
        },
        new("I10", "line breaks and climbing in a path")
        {
            from part in (string[])["acme/e1%0d%0aSet-Cookie:%20x=1", "..%2f..%2fadmin%2fconfig", "%2e%2e/admin/config", "%2e%2e%2fadmin%2fconfig"]
            select Check(part, async run =>
            {
                var answer = await run.SendAsync(RawRequest.Get($"/api/state/entities/{part}"));
                RowRun.CheckRefusal(answer, [(404, "not_found"), (400, "invalid_entity_id")]);
                Assert.Null(answer.Header("Set-Cookie"));
            }) with { LeavesNothing = true },
        },
        new("I11", "another case; a wildcard")
        {
            Check("another case", async run =>
            {
                var id = run.NewId("acme/lower-");
                await run.PublishAsync(Good.Event(id, "{\"n\":1}"));
                RowRun.CheckRefusal(await run.SendAsync(RawRequest.Get($"/api/state/entities/{id.Replace("lower", "Lower", StringComparison.Ordinal)}")), [(404, "not_found")]);
            }),
            from id in (string[])["*", "acme/*", "acme%2F*"]
            select Refused(id, RawRequest.Get($"/api/state/entities/{id}"), 404, "not_found"),
        },
        new("I12", "entities named like a wildcard or a member of JavaScript's objects")
        {
            from id in (string[])["*", "__proto__", "constructor", "null", "[object Object]"]
            select KeepsId(id, id),
            CheckOpen("* is no subscription to all", async run =>
            {
                var id = run.NewId();
                await using var socket = await run.OpenSocketAsync();
                await socket.SubscribeAsync(id);
                await socket.RoundTripAsync();
                await run.PublishAsync(Good.Event("*", "{\"n\":1}"));
                await run.PublishAsync(Good.Event(id, "{\"n\":1}"));
                Assert.Equal(id, (await socket.NextMessageAsync()).GetProperty("entity_id").GetString());
                await run.PublishAsync(Good.Event("*", "{\"__deleted__\":true}"));
            }),
        },
        new("I13", "entities called delete and batch")
        {
            from name in (string[])["delete", "batch"]
            select CheckOpen(name, async run =>
            {
                await run.PublishAsync(Good.Event(name, "{\"n\":1}"));
                await run.PublishAsync(Good.Event(Good.Id, "{\"n\":1}"));
                Assert.Equal(name, (await run.ReadAsync(name)).GetProperty("id").GetString());
                var deleted = await run.SendAsync(RawRequest.Of("DELETE", $"/api/state/entities/{name}"));
                Assert.True(deleted.Status == 200 && deleted.Json.GetProperty("entity_id").GetString() == name, $"{deleted}");
                run.Accepted++;
                Assert.Null(await run.TryReadAsync(name));
                await run.ReadAsync(Good.Id);
            }),
            Check("POST delete is the batch delete", async run =>
            {
                var answer = await run.SendAsync(RawRequest.DeleteMany("{\"entity_ids\":[]}"));
                Assert.True(answer.Status == 200 && answer.Json.GetProperty("deleted").GetInt32() == 0, $"{answer}");
            }),
            Refused("POST on another entity", RawRequest.Post("/api/state/entities/batch", "{\"prefix\":\"nobody\"}"), 405, "method_not_allowed"),
        },
        new("I14", "register what is no name")
        {
            from name in (string[])["\"\"", "\"ab\"", $"\"{new string('x', 33)}\"", "\"A b\"", "\"a/b\"", "\"acme\\n\"", "\"\u0131\u0131\u0131\"", "null", "7", "[]"]
            select RefusedWithTokens(name, _ => RawRequest.Post("/api/namespaces", $"{{\"name\":{name}}}", Owners.Operator), [(400, "invalid_namespace")]),
            RefusedWithTokens("no name", _ => RawRequest.Post("/api/namespaces", "{}", Owners.Operator), [(400, "invalid_namespace")]),
        },
        new("I15", "register a name twice")
        {
            RefusedWithTokens("again", _ => RawRequest.Post("/api/namespaces", "{\"name\":\"acme\"}", Owners.Operator), [(409, "name_taken")]),
            WithTokens("100 times at once", async run =>
            {
                var request = RawRequest.Post("/api/namespaces", $"{{\"name\":\"{run.NewName()}\"}}", Owners.Operator);
                var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => run.SendAsync(request)));
                Assert.Single(answers, answer => answer.Status == 200);
                Assert.All(answers.Where(answer => answer.Status != 200), answer => RowRun.CheckRefusal(answer, [(409, "name_taken")]));
                run.Accepted++;
            }),
        },
        new("I16", "look up unknown, banned and ill-formed names")
        {
            from name in (string[])["nobodys", "A", "ab", "$flux", "..", "acme%2fe1"]
            select RefusedWithTokens(name, _ => RawRequest.Get($"/api/namespaces/{name}"), [(404, "not_found")]),
            WithTokens("a banned one", async run =>
            {
                var (ns, owner) = await run.RegisterAsync();
                run.CheckAcceptance(await run.SendAsync(RawRequest.Publish(Good.Event($"{ns}/e", "{\"n\":1}"), owner)));
                await run.ManageAsync("PUT", $"/api/admin/namespaces/{ns}", "{\"state\":\"banned\"}");
                var answer = await run.SendAsync(RawRequest.Get($"/api/namespaces/{ns}"));
                Assert.True(answer.Status == 200 && answer.Json.GetProperty("entityCount").GetInt32() == 0, $"{answer}");
                Assert.Equal(4, answer.Json.EnumerateObject().Count());
            }),
        },
        new("I17", "a namespace that begins like another")
        {
            CheckOpen("in the list filter", async run =>
            {
                var mark = run.NewMark();
                await run.PublishAsync(Good.Event($"{mark}/e1", "{\"n\":1}"));
                await run.PublishAsync(Good.Event($"{mark}-2/e1", "{\"n\":1}"));
                var list = (await run.SendAsync(RawRequest.Get($"/api/state/entities?namespace={mark}"))).Json;
                Assert.Equal([$"{mark}/e1"], list.EnumerateArray().Select(e => e.GetProperty("id").GetString()));
            }),
            CheckOpen("in a subscription", async run =>
            {
                var mark = run.NewMark();
                await using var socket = await run.OpenSocketAsync();
                await socket.SubscribeAsync($"{mark}/*");
                await socket.RoundTripAsync();
                await run.PublishAsync(Good.Event($"{mark}-2/e1", "{\"n\":1}"));
                await run.PublishAsync(Good.Event(mark, "{\"n\":1}"));
                await run.PublishAsync(Good.Event($"{mark}/e1/x", "{\"n\":1}"));
                Assert.Equal($"{mark}/e1/x", (await socket.NextMessageAsync()).GetProperty("entity_id").GetString());
            }),
            WithTokens("in the list filter and in a subscription, authentication on", async run =>
            {
                var (ns, owner) = await run.RegisterAsync();
                var twin = $"{ns}-2";
                var twins = await Owners.RegisterAsync(run.Server, twin);
                run.Accepted++;
                await using var socket = await run.OpenSocketAsync();
                await socket.SubscribeAsync($"{ns}/*");
                await socket.RoundTripAsync();
                run.CheckAcceptance(await run.SendAsync(RawRequest.Publish(Good.Event($"{twin}/e1", "{\"n\":1}"), twins)));
                run.CheckAcceptance(await run.SendAsync(RawRequest.Publish(Good.Event($"{ns}/e1", "{\"n\":1}"), owner)));
                Assert.Equal($"{ns}/e1", (await socket.NextMessageAsync()).GetProperty("entity_id").GetString());
                var list = (await run.SendAsync(RawRequest.Get($"/api/state/entities?namespace={ns}"))).Json;
                Assert.Equal([$"{ns}/e1"], list.EnumerateArray().Select(e => e.GetProperty("id").GetString()));
            }),
            WithTokens("a token on another's entity", async run =>
            {
                RowRun.CheckRefusal(await run.SendAsync(RawRequest.Publish(Good.Event("acme-2/e1", "{\"n\":1}"), run.Owner)), [(401, "namespace_not_found"), (403, "wrong_namespace")]);
                await Owners.RegisterAsync(run.Server, "acme-2");
                run.Accepted++;
                RowRun.CheckRefusal(await run.SendAsync(RawRequest.Publish(Good.Event("acme-2/e1", "{\"n\":1}"), run.Owner)), [(403, "wrong_namespace")]);
                RowRun.CheckRefusal(await run.SendAsync(RawRequest.Get("/api/namespaces/acme-2/tokens", run.Owner)), [(403, "wrong_namespace")]);
                await run.ManageAsync("DELETE", "/api/namespaces/acme-2");
            }),
        },
        new("I18", "100,000 new ids a minute by one token") { new NotYet(NotYet.Quotas) },
    ];

    /// <summary>With authentication on, nobody can write it: the answer quotes it, and nothing is stored.</summary>
    private static Variant NobodyOwns(string id) => RefusedWithTokens(
        $"'{id.Trim()}', authentication on", run => RawRequest.Publish(Good.Event(id, "{\"n\":1}"), run.Owner), [(401, "invalid_entity_id")]);

    /// <summary>The event is stored and answered, but no entity changes and nothing is pushed.</summary>
    private static Variant NoChange(string name, string payload, string? entity) => CheckOpen(name, async run =>
    {
        var before = entity is null ? [] : (await run.HistoryAsync(entity)).EnumerateArray().ToList();
        var answer = await run.PublishAsync(Good.With(payload: payload));
        Assert.Equal(JsonValueKind.False, answer.Json.GetProperty("applied").ValueKind);
        foreach (var id in (string[])["5", "null", "acme/i01"])
        {
            Assert.Null(await run.TryReadAsync(id));
        }

        if (entity is not null)
        {
            Assert.Equal(before.Count + 1, (await run.HistoryAsync(entity)).GetArrayLength());
        }

        await run.PublishAsync(Good.Event(Good.Id, "{\"n\":1}"));
        await run.NextPushAsync(Good.Id);
        Assert.Empty(run.UnclaimedPushes);
    });
}
