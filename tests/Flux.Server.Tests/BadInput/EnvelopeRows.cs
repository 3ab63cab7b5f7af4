using System.Globalization;
using System.Numerics;
using System.Text.Json;
using static Flux.Server.Tests.BadInput.Expect;

namespace Flux.Server.Tests.BadInput;

/// <summary>T: the envelope and its timestamp.</summary>
internal static class EnvelopeRows
{
    public static readonly IReadOnlyList<Row> All =
    [
        new("T01", "members missing, null or empty")
        {
            from member in (string[])["stream", "source", "payload"]
            from value in (string[])["", "null", "\"\""]
            where member != "payload" || value != "\"\""
            from variant in Missing(member, value)
            select variant,
            // An empty text is of a wrong type for the payload as well as empty: the page names both, and the server the first.
            Refused("payload \"\"", RawRequest.Publish(Good.With(payload: "\"\"")), 400, "invalid_field"),
            Missing("timestamp", "null"),
        },
        new("T02", "timestamp left out; the same event again with its eventId")
        {
            Check("twice", async run =>
            {
                var id = run.NewMark();
                var json = Good.With(timestamp: "", more: $",\"eventId\":\"{id}\"");
                var first = await run.PublishAsync(json);
                var again = await run.PublishAsync(json);
                Assert.True(again.Json.GetProperty("duplicate").GetBoolean());
                Assert.Equal(first.Json.GetProperty("position").GetInt64(), again.Json.GetProperty("position").GetInt64());
            }),
        },
        new("T03", "members of a wrong type")
        {
            from member in (string[])["stream", "source"]
            from value in (string[])["5", "true", "[]", "{}", "[\"test\"]"]
            from variant in RefusedEvent($"{member} {value}", With(member, value), 400, "invalid_field")
            select variant,
        },
        new("T04", "streams that are none")
        {
            from stream in (string[])["Sensors", "a-b", "a_b", "a/b", ".a", "a.", "a..b", "a b", "*", ">", "a\n", "\u00df", "a\u0663", " ", "."]
            from variant in RefusedEvent(JsonSerializer.Serialize(stream), With("stream", JsonSerializer.Serialize(stream)), 400, "invalid_stream")
            select variant,
            Accepted("a.b.c1", With("stream", "\"a.b.c1\"")),
        },
        new("T05", "stream, source, key, schema, eventId of 1,025 bytes; key of a wrong type; key null")
        {
            from member in (string[])["stream", "source", "key", "schema", "eventId"]
            from variant in RefusedEvent($"{member} of 1,025 bytes", With(member, $"\"{new string('a', 1025)}\""), 400, member == "eventId" ? "invalid_event_id" : "invalid_field")
            select variant,
            from member in (string[])["source", "key", "schema", "eventId"]
            from variant in RefusedEvent($"{member} of 1,025 bytes of two each", With(member, $"\"a{new string('\u00e9', 512)}\""), 400, member == "eventId" ? "invalid_event_id" : "invalid_field")
            select variant,
            from member in (string[])["stream", "source", "key", "schema"]
            select Accepted($"{member} of 1,024 bytes", With(member, $"\"{new string('a', 1024)}\"")),
            Accepted("eventId of 1,024 bytes", run => With("eventId", $"\"{run.NewMark().PadRight(1024, 'e')}\"")),
            from member in (string[])["key", "schema"]
            from value in (string[])["5", "[]", "{}", "false"]
            from variant in RefusedEvent($"{member} {value}", With(member, value), 400, "invalid_field")
            select variant,
            Accepted("null", Good.With(more: ",\"key\":null,\"schema\":null")),
        },
        new("T06", "timestamps that are none")
        {
            from value in (string[])
            [
                "0", "-0", "-1", "-9223372036854775808", "9223372036854775808", BigInteger.Pow(10, 40).ToString(CultureInfo.InvariantCulture),
                "\"1772028627158\"", "1772028627158.0", "1.772e12", "1772028627158e0", "true", "\"2026-02-25T20:04:27Z\"", "[]", "{}",
            ]
            from variant in RefusedEvent(value, Good.With(timestamp: value), 400, "invalid_timestamp")
            select variant,
        },
        new("T07", "seconds, microseconds, nanoseconds, far future")
        {
            from value in (string[])["1", "1772028627", "1772028627158000", "1772028627158000000", "253402300800000", "9223372036854775807"]
            select Check(value, async run =>
            {
                var id = run.NewId();
                await run.PublishAsync(Good.With(timestamp: value, payload: $$$"""{"entity_id":"{{{id}}}","properties":{"n":1}}"""));
                Assert.Equal(value, (await run.HistoryAsync(id))[0].GetProperty("timestamp").GetRawText());
                var updated = (await run.ReadAsync(id)).GetProperty("lastUpdated").GetDateTimeOffset();
                var distance = (TimeProvider.System.GetUtcNow() - updated).Duration();
                Assert.True(distance < TimeSpan.FromHours(1), $"lastUpdated is {updated:O}");

                // A later event with an earlier time of its own still wins.
                await run.PublishAsync(Good.With(timestamp: "1", payload: $$$"""{"entity_id":"{{{id}}}","properties":{"n":2}}"""));
                Assert.Equal(2, (await run.ReadAsync(id)).GetProperty("properties").GetProperty("n").GetInt32());
            }),
        },
        new("T08", "eventId of a wrong type")
        {
            from value in (string[])["5", "[]", "true", "{}"]
            from variant in RefusedEvent(value, With("eventId", value), 400, "invalid_event_id")
            select variant,
        },
        new("T09", "unusual eventIds")
        {
            Check("kept, and all different", async run =>
            {
                var mark = run.NewMark();
                foreach (var text in (string[])["", " a b ", "\u00e9", "e\u0301", "a/b", "\"'", "a\r\nSet-Cookie: x", "a%00", "a", "A", "*"])
                {
                    var answer = await run.PublishAsync(Good.Event(Good.Id, "{\"n\":1}", eventId: mark + text));
                    Assert.Equal(mark + text, answer.Json.GetProperty("eventId").GetString());
                    Assert.False(answer.Json.TryGetProperty("duplicate", out _), $"'{text}' was taken for another");
                    Assert.Null(answer.Header("Set-Cookie"));
                }
            }),
        },
        new("T10", "eventId null, empty")
        {
            from value in (string[])["null", "\"\""]
            select Check(value, async run =>
            {
                var first = (await run.PublishAsync(With("eventId", value))).Json.GetProperty("eventId").GetString();
                var second = (await run.PublishAsync(With("eventId", value))).Json.GetProperty("eventId").GetString();
                Assert.NotEqual(first, second);
                Assert.Equal(7, Guid.Parse(first!).Version);
            }),
        },
        new("T11", "same eventId, same event")
        {
            Check("one row, one push", async run =>
            {
                var (id, entity) = (run.NewMark(), run.NewId());
                var first = await run.PublishAsync(Good.Event(entity, "{\"n\":1}", id));
                var again = await run.PublishAsync(Good.Event(entity, "{\"n\":1}", id));
                Assert.True(again.Json.GetProperty("duplicate").GetBoolean());
                Assert.Equal(first.Json.GetProperty("position").GetRawText(), again.Json.GetProperty("position").GetRawText());
                Assert.Equal(first.Json.GetProperty("version").GetRawText(), again.Json.GetProperty("version").GetRawText());
                await run.NextPushAsync(entity);
                await run.PublishAsync(Good.Event(entity, "{\"last\":1}"));
                Assert.Equal("last", (await run.NextPushAsync(entity)).GetProperty("property").GetString());
            }),
        },
        new("T12", "same eventId, other event")
        {
            from other in (string[])["""{"entity_id":"~","properties":{"n":2}}""", """{"entity_id":"~","properties":{"n": 1}}""", """{"entity_id":"~x","properties":{"n":1}}"""]
            select Check(other, async run =>
            {
                var (id, entity) = (run.NewMark(), run.NewId());
                await run.PublishAsync(Good.Event(entity, "{\"n\":1}", id));
                var json = Good.With(payload: other.Replace("~", entity, StringComparison.Ordinal), more: $",\"eventId\":\"{id}\"");
                RowRun.CheckRefusal(await run.SendAsync(RawRequest.Publish(json)), [(409, "event_id_conflict")]);
                Assert.Equal(1, (await run.ReadAsync(entity)).GetProperty("properties").GetProperty("n").GetInt32());
                Assert.Equal(1, (await run.HistoryAsync(entity)).GetArrayLength());
                Assert.Null(await run.TryReadAsync(entity + "x"));
            }),
            Check("another source, another timestamp", async run =>
            {
                var id = run.NewMark();
                await run.PublishAsync(With("eventId", $"\"{id}\""));
                RowRun.CheckRefusal(await run.SendAsync(RawRequest.Publish(Good.With(source: "\"other\"", more: $",\"eventId\":\"{id}\""))), [(409, "event_id_conflict")]);
                RowRun.CheckRefusal(await run.SendAsync(RawRequest.Publish(Good.With(timestamp: "1", more: $",\"eventId\":\"{id}\""))), [(409, "event_id_conflict")]);
            }),
        },
        new("T13", "same eventId in another namespace")
        {
            CheckOpen("no clash", async run =>
            {
                var id = run.NewMark();
                foreach (var entity in (string[])["acme/e1", "acme-2/e1", "e1"])
                {
                    var answer = await run.PublishAsync(Good.Event(entity, "{\"n\":1}", id));
                    Assert.False(answer.Json.TryGetProperty("duplicate", out _), entity);
                }
            }),
            WithTokens("no clash, and nothing to be learned, with authentication on", async run =>
            {
                var (ns, owner) = await run.RegisterAsync();
                var id = run.NewMark();
                await run.PublishAsync(Good.Event(Good.Id, "{\"n\":1}", id));
                var answer = await run.SendAsync(RawRequest.Publish(Good.Event($"{ns}/e1", "{\"n\":2}", id), owner));
                run.CheckAcceptance(answer);
                Assert.False(answer.Json.TryGetProperty("duplicate", out _));
            }),
        },
        new("T14", "eventId shaped like the server's own next one")
        {
            Check("the next ones", async run =>
            {
                var last = Guid.Parse((await run.PublishAsync(Good.With())).Json.GetProperty("eventId").GetString()!);
                var bytes = last.ToByteArray(bigEndian: true);
                for (var i = 0; i < 20; i++)
                {
                    bytes[15]++;
                    await run.PublishAsync(Good.Event(Good.Id, "{\"n\":1}", new Guid(bytes, bigEndian: true).ToString()));
                    await run.PublishAsync(Good.With());
                }
            }),
        },
        new("T15", "payloads that are no object")
        {
            from payload in (string[])["\"{}\"", "[]", "1", "true"]
            from variant in RefusedEvent(payload, Good.With(payload: payload), 400, "invalid_field")
            select variant,
        },
    ];

    private static string With(string member, string value) => member switch
    {
        "stream" => Good.With(stream: value),
        "source" => Good.With(source: value),
        "timestamp" => Good.With(timestamp: value),
        "payload" => Good.With(payload: value),
        _ => Good.With(more: $",\"{member}\":{value}"),
    };

    /// <summary>Refused, and the text names the member.</summary>
    private static IEnumerable<Variant> Missing(string member, string value)
    {
        yield return Check($"{member} {(value.Length == 0 ? "left out" : value)}", async run =>
        {
            var answer = await run.SendAsync(RawRequest.Publish(With(member, value)));
            RowRun.CheckRefusal(answer, [(400, "missing_field")]);
            Assert.Contains(member, answer.Error, StringComparison.Ordinal);
        }) with
        { LeavesNothing = true };
        yield return RefusedInBatch($"{member} {value}, in a batch", RawRequest.Bytes(With(member, value)), "missing_field");
    }
}
