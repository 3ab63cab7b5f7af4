using System.Text.Json;
using static Flux.Server.Tests.BadInput.Expect;

namespace Flux.Server.Tests.BadInput;

/// <summary>C: versions (compare and set) and claims.</summary>
internal static class ClaimRows
{
    private const string TooLarge = "9223372036854775808";

    public static readonly IReadOnlyList<Row> All =
    [
        new("C01", "expected versions that are none")
        {
            from version in (string[])["-1", "1.5", "1e0", "\"3\"", "null", TooLarge, "[]", "{}", "true"]
            from variant in RefusedEvent(version, Good.With(more: $",\"if_version\":{version}"), 400, "invalid_field")
            select variant,
            RefusedEvent("twice", Good.With(more: ",\"if_version\":1,\"if_version\":1"), 400, "duplicate_key"),
            RefusedEvent("without an entity", Good.With(payload: "{\"a\":1}", more: ",\"if_version\":1"), 400, "invalid_field"),
        },
        new("C02", "stale versions")
        {
            from version in (string[])["1", "3", "0", "9223372036854775807"]
            select Check(version, run => CheckConflictAsync(run, $",\"if_version\":{version}", [])),
            from header in (string[])["\"1\"", "\"3\"", "\"0\""]
            select Check($"If-Match: {header}", run => CheckConflictAsync(run, "", [$"If-Match: {header}"])),
            Check("the current one", async run =>
            {
                var id = await MakeAsync(run);
                var answer = await run.PublishAsync(With(id, ",\"if_version\":2"));
                Assert.Equal(3, answer.Json.GetProperty("version").GetInt32());
            }),
        },
        new("C03", "If-Match")
        {
            from header in (string[])["3", "W/\"3\"", "\"3\", \"4\"", "\"\"", "\"x\"", "\"-1\"", "\" 3\"", "*", "\"9223372036854775808\""]
            select Refused(header, RawRequest.Publish(Good.With(), $"If-Match: {header}"), 400, "invalid_field"),
            Refused("two headers", RawRequest.Publish(Good.With(), "If-Match: \"3\"", "If-Match: \"3\""), 400, "invalid_field"),
            Refused("another than in the body", RawRequest.Publish(Good.With(more: ",\"if_version\":4"), "If-Match: \"3\""), 400, "invalid_field"),
            Refused("with a batch", RawRequest.Batch($"[{Good.With()}]", "If-Match: \"3\""), 400, "invalid_field"),
            Refused("without an entity", RawRequest.Publish(Good.With(payload: "{\"a\":1}"), "If-Match: \"3\""), 400, "invalid_field"),
        },
        new("C04", "two items of a batch on one entity")
        {
            Check("the second is judged after the first", async run =>
            {
                var id = await MakeAsync(run);
                var answer = await run.SendAsync(RawRequest.BatchOf(With(id, ",\"if_version\":2"), With(id, ",\"if_version\":2"), With(id, ",\"if_version\":3")));
                Assert.True(answer.Status == 200, $"{answer}");
                var rows = answer.Json.GetProperty("results");
                Assert.Equal([JsonValueKind.Null, JsonValueKind.String, JsonValueKind.Null], rows.EnumerateArray().Select(row => row.GetProperty("error").ValueKind));
                Assert.Equal("version_conflict", rows[1].GetProperty("code").GetString());
                Assert.Equal(4, rows[2].GetProperty("version").GetInt32());
                run.Accepted += 2;
            }),
        },
        new("C05", "retry after success")
        {
            Check("the same event again", async run =>
            {
                var (id, mark) = (await MakeAsync(run), run.NewMark());
                var json = With(id, $",\"if_version\":2,\"eventId\":\"{mark}\"");
                var first = await run.PublishAsync(json);
                var second = await run.SendAsync(RawRequest.Publish(json));
                Assert.True(second.Status == 200 && second.Json.GetProperty("duplicate").GetBoolean(), $"{second}");
                Assert.Equal(first.Json.GetProperty("position").GetInt64(), second.Json.GetProperty("position").GetInt64());
            }),
            Check("after a hundred others with ids, which the entity remembers instead", async run =>
            {
                var (id, mark) = (await MakeAsync(run), run.NewMark());
                var json = With(id, $",\"if_version\":2,\"eventId\":\"{mark}\"");
                await run.PublishAsync(json);
                for (var i = 0; i < 100; i++)
                {
                    await run.PublishAsync(With(id, $",\"eventId\":\"{mark}-{i}\""));
                }

                var again = await run.SendAsync(RawRequest.Publish(json));
                Assert.True(again.Status == 200 && again.Json.GetProperty("duplicate").GetBoolean(), $"{again}");
            }),
        },
        new("C06", "claims that are none")
        {
            from ttl in (string[])["0", "-1", "1.5", "\"10\"", "1000000000000", TooLarge, "null", "true"]
            select Refused($"ttl {ttl}", Claim($"{{\"entity_id\":\"acme/c06\",\"owner\":\"a\",\"ttl\":{ttl}}}"), 400, ttl == "null" ? "missing_field" : "invalid_field"),
            Refused("no ttl", Claim("{\"entity_id\":\"acme/c06\",\"owner\":\"a\"}"), 400, "missing_field"),
            Refused("no owner", Claim("{\"entity_id\":\"acme/c06\",\"ttl\":10}"), 400, "missing_field"),
            Refused("owner of 10 KB", Claim($"{{\"entity_id\":\"acme/c06\",\"owner\":\"{new string('x', 10_240)}\",\"ttl\":10}}"), 400, "invalid_field"),
            from owner in (string[])["5", "[]", "{}", "\"a\\u0000\""]
            select Refused($"owner {owner}", Claim($"{{\"entity_id\":\"acme/c06\",\"owner\":{owner},\"ttl\":10}}"), 400, "invalid_field"),
            from key in (string[])["5", "\"\"", $"\"{new string('k', 1_020)}\"", "[]"]
            select Refused($"key {key[..Math.Min(key.Length, 9)]}", Claim($"{{\"entity_id\":\"acme/c06\",\"key\":{key},\"owner\":\"a\",\"ttl\":10}}"), 400, "invalid_field"),
            Refused("no entity", Claim("{\"owner\":\"a\",\"ttl\":10}"), 400, "missing_field"),
            Refused("entity 5", Claim("{\"entity_id\":5,\"owner\":\"a\",\"ttl\":10}"), 400, "invalid_field"),
            from body in (string[])["[]", "null", "5", "\"x\""]
            select Refused(body, Claim(body), 400, "invalid_request"),
            from more in (string[])["\"ttl\":0", "\"ttl\":1.5", "\"ttl\":\"10\"", "\"ttl\":null", "\"ttl\":1000000000000", "\"property_ttl\":5",
                "\"property_ttl\":{\"n\":0}", "\"property_ttl\":{\"other\":5}", "\"claim_token\":0", "\"claim_token\":\"5\"", "\"condition\":5",
                "\"caused_by\":0", "\"caused_by\":-1", "\"caused_by\":1.5", "\"caused_by\":[]", "\"caused_by\":\"\"", "\"caused_by\":\"nobody's\"",
                "\"caused_by\":9223372036854775807"]
            from variant in RefusedEvent(more, Good.With(more: $",{more}"), 400, "invalid_field")
            select variant,
            from condition in (string[])["properties.", "1", "previous.n == 1", "nobody", "size(properties", new string('i', 4_000)]
            from variant in RefusedEvent($"condition {condition[..Math.Min(condition.Length, 40)]}", Good.With(more: $",\"condition\":{JsonSerializer.Serialize(condition)}"), 400, "invalid_expression")
            select variant,
            from name in (string[])["$claim", "$claim/", "$claim/key"]
            from variant in RefusedEvent($"a property {name}", Good.Property($"\"{name}\":{{\"owner\":\"a\",\"token\":1}}"), 400, "invalid_property")
            select variant,
            KeepsProperty("a property $claims", "\"$claims\"", "1"),
        },
        new("C07", "claim of a claimed entity")
        {
            from owner in (string[])["a", "b"]
            select Check($"by {owner}", async run =>
            {
                var id = run.NewId();
                var token = await AcquireAsync(run, id, "a");
                var answer = await run.SendAsync(Claim($"{{\"entity_id\":\"{id}\",\"owner\":\"{owner}\",\"ttl\":600}}"));
                RowRun.CheckRefusal(answer, [(409, "claim_conflict")]);
                Assert.Equal(("a", token), (answer.Json.GetProperty("claim").GetProperty("owner").GetString(), answer.Json.GetProperty("claim").GetProperty("token").GetInt64()));
            }),
        },
        new("C08", "renew, release and write with wrong fencing tokens")
        {
            from way in (string[])["renew", "release"]
            from token in (string[])["", ",\"token\":null", ",\"token\":4711", ",\"token\":old"]
            select Check($"{way} with {token}", async run =>
            {
                var (id, old) = await LoseAsync(run);
                var body = $"{{\"entity_id\":\"{id}\",\"ttl\":10{token.Replace("old", $"{old}", StringComparison.Ordinal)}}}";
                RowRun.CheckRefusal(await run.SendAsync(RawRequest.Post($"/api/claims/{way}", body, "Content-Type: application/json")), [(409, "claim_conflict")]);
            }),
            Check("write with an old one", async run =>
            {
                var (id, old) = await LoseAsync(run);
                RowRun.CheckRefusal(await run.SendAsync(RawRequest.Publish(With(id, $",\"claim_token\":{old}"))), [(403, "claim_conflict")]);
                Assert.False((await run.ReadAsync(id)).GetProperty("properties").TryGetProperty("n", out _));
            }),
            from token in (string[])["-1", "1.5", "\"x\""]
            select Refused($"token {token}",
                RawRequest.Post("/api/claims/release", $"{{\"entity_id\":\"acme/c08\",\"token\":{token}}}", "Content-Type: application/json"), 400, "invalid_field"),
        },
        new("C09", "10,000 claims by one token") { new NotYet(NotYet.ClaimRate) },
    ];

    private static string With(string id, string more) =>
        Good.With(payload: $"{{\"entity_id\":\"{id}\",\"properties\":{{\"n\":2}}}}", more: more);

    private static byte[] Claim(string body) => RawRequest.Post("/api/claims", body, "Content-Type: application/json");

    /// <summary>Makes an entity that has version 2.</summary>
    private static async Task<string> MakeAsync(RowRun run)
    {
        var id = run.NewId();
        await run.PublishAsync(Good.Event(id, "{\"n\":0}"));
        await run.PublishAsync(Good.Event(id, "{\"n\":1}"));
        return id;
    }

    private static async Task<long> AcquireAsync(RowRun run, string id, string owner)
    {
        var answer = await run.SendAsync(Claim($"{{\"entity_id\":\"{id}\",\"owner\":\"{owner}\",\"ttl\":600}}"));
        Assert.True(answer.Status == 200, $"{answer}");
        run.Accepted++;
        return answer.Json.GetProperty("token").GetInt64();
    }

    /// <summary>Claims an entity, releases it, and lets another claim it.</summary>
    /// <returns>The entity, and the token that is old.</returns>
    private static async Task<(string Id, long Old)> LoseAsync(RowRun run)
    {
        var id = run.NewId();
        var old = await AcquireAsync(run, id, "a");
        var release = await run.SendAsync(
            RawRequest.Post("/api/claims/release", $"{{\"entity_id\":\"{id}\",\"token\":{old}}}", "Content-Type: application/json"));
        Assert.True(release.Status == 200, $"{release}");
        run.Accepted++;
        Assert.True(await AcquireAsync(run, id, "b") > old);
        return (id, old);
    }

    private static async Task CheckConflictAsync(RowRun run, string more, string[] headers)
    {
        var id = await MakeAsync(run);
        var answer = await run.SendAsync(RawRequest.Publish(With(id, more), headers));
        RowRun.CheckRefusal(answer, [(409, "version_conflict")]);
        Assert.Equal(2, answer.Json.GetProperty("version").GetInt32());
        Assert.Equal(1, answer.Json.GetProperty("current").GetProperty("properties").GetProperty("n").GetInt32());
        Assert.Equal(1, (await run.ReadAsync(id)).GetProperty("properties").GetProperty("n").GetInt32());
    }
}
