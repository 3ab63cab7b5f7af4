using System.Globalization;
using System.Text;
using System.Text.Json;
using static Flux.Server.Tests.BadInput.Expect;

namespace Flux.Server.Tests.BadInput;

/// <summary>J: what JSON parsers disagree about.</summary>
internal static class JsonRows
{
    private static readonly string GoodEvent = Good.With();

    public static readonly IReadOnlyList<Row> All =
    [
        new("J01", "empty body; only spaces")
        {
            Refused("empty", RawRequest.Publish(""), 400, "invalid_json"),
            Refused("only spaces", RawRequest.Publish("   \r\n\t "), 400, "invalid_json"),
            Refused("empty batch body", RawRequest.Batch(""), 400, "invalid_json"),
            Refused("empty delete body", RawRequest.DeleteMany(""), 400, "invalid_json"),
        },
        new("J02", "body cut inside a string, Content-Length right")
        {
            Refused("publish", RawRequest.Publish(GoodEvent[..^20] + "\"cut"), 400, "invalid_json"),
            Refused("batch", RawRequest.Batch($"{{\"events\":[{GoodEvent},{{\"stream\":\"te"), 400, "invalid_json"),
            Refused("delete", RawRequest.DeleteMany("{\"prefix\":\"nobody"), 400, "invalid_json"),
        },
        new("J03", "top level null, [], \"x\", 1, true")
        {
            from text in (string[])["null", "[]", "\"x\"", "1", "true"]
            from variant in RefusedEvent(text, text, 400, "invalid_request")
            select variant,
        },
        new("J04", "two documents; a document and more; NDJSON")
        {
            RefusedEvent("two documents", GoodEvent + GoodEvent, 400, "invalid_json"),
            RefusedEvent("a document and a letter", GoodEvent + " x", 400, "invalid_json"),
            RefusedEvent("NDJSON", $"{GoodEvent}\n{GoodEvent}\n", 400, "invalid_json"),
            Refused("two batches", RawRequest.Batch($"{{\"events\":[{GoodEvent}]}}{{\"events\":[{GoodEvent}]}}"), 400, "invalid_json"),
        },
        new("J05", "what lenient parsers take")
        {
            RefusedEvent("trailing comma in the event", GoodEvent[..^1] + ",}", 400, "invalid_json"),
            RefusedEvent("trailing comma in an array", Good.Property("\"n\":[1,]"), 400, "invalid_json"),
            RefusedEvent("line comment", GoodEvent[..^1] + "// x\n}", 400, "invalid_json"),
            RefusedEvent("block comment", Good.Property("\"n\":/* x */1"), 400, "invalid_json"),
            RefusedEvent("single quotes", Good.Property("'n':1"), 400, "invalid_json"),
            RefusedEvent("bare key", Good.Property("n:1"), 400, "invalid_json"),
            from number in (string[])["NaN", "Infinity", "-Infinity", "01", "+1", ".5", "1.", "0x10", "1e", "--1"]
            from variant in RefusedEvent(number, Good.Property($"\"n\":{number}"), 400, "invalid_json")
            select variant,
            Refused("NaN outside the properties", RawRequest.Publish(Good.With(more: ",\"x\":NaN")), 400, "invalid_json"),
            Refused("trailing comma in a delete", RawRequest.DeleteMany("{\"prefix\":\"nobody\",}"), 400, "invalid_json"),
        },
        new("J06", "numbers beyond a double, and below it")
        {
            RefusedEvent("1e999", Good.Property("\"n\":1e999"), 400, "invalid_number"),
            RefusedEvent("-1e999", Good.Property("\"n\":-1e999"), 400, "invalid_number"),
            RefusedEvent("nested", Good.Property("\"n\":{\"a\":[1e999]}"), 400, "invalid_number"),
            KeepsValue("1e-999999999", "1e-999999999"),
        },
        new("J07", "numbers that a double would round")
        {
            from number in (string[])["9007199254740993", "18446744073709551616", "0.1000000000000000055511151231257827", LongInteger(101)]
            select KeepsValue(number, number),
        },
        new("J08", "integer of 900,000 digits; fraction of 900,000 digits")
        {
            Refused("integer", () => RawRequest.Publish(Good.Property($"\"n\":{LongInteger(900_000)}")), [(400, "invalid_number")]),
            Check("fraction", async run =>
            {
                var id = run.NewId();
                var value = $"0.{LongInteger(900_000)}";
                var answer = await run.SendAsync(RawRequest.Publish(Good.Event(id, $"{{\"n\":{value}}}")));
                if (answer.Status != 200)
                {
                    RowRun.CheckRefusal(answer, [(400, "invalid_number")]);
                    return;
                }

                run.CheckAcceptance(answer);
                Assert.True(value == (await run.NextPushAsync(id)).GetProperty("value").GetRawText(), "the push shows another number");
            }),
        },
        new("J09", "bytes that are no UTF-8")
        {
            from bytes in (byte[][])[[0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xE2, 0x82]]
            from place in (string[])["value", "name", "source"]
            let name = $"{Convert.ToHexString(bytes)} in a {place}"
            from variant in RefusedEvent(name, AtPlace(place, bytes), 400, "invalid_utf8")
            select variant,
        },
        new("J10", "halves of surrogate pairs")
        {
            from text in (string[])[@"\ud800", @"\udc00x", @"\udc00\ud800"]
            from place in (string[])["value", "name", "entity_id"]
            from variant in RefusedEvent($"{text} in {place}", AtPlace(place, RawRequest.Bytes(text)), 400, "invalid_string")
            select variant,
        },
        new("J11", "U+0000 as an escape")
        {
            KeepsValue("in a value", "\"a\\u0000b\""),
            KeepsProperty("in a name", "\"a\\u0000b\"", "1"),
            from place in (string[])["entity_id", "source", "key", "eventId"]
            from variant in RefusedEvent($"in {place}", AtPlace(place, RawRequest.Bytes(@"a\u0000b")), 400, "invalid_string")
            select variant,
        },
        new("J12", "raw control characters and unknown escapes in a string")
        {
            from one in (byte[])[0x01, 0x0A, 0x1F]
            from variant in RefusedEvent($"raw {one:X2}", AtPlace("value", [one]), 400, "invalid_json")
            select variant,
            from escape in (string[])[@"\x41", @"\u12", @"\uZZZZ"]
            from variant in RefusedEvent(escape, AtPlace("value", RawRequest.Bytes(escape)), 400, "invalid_json")
            select variant,
        },
        new("J13", "byte order mark; UTF-16LE, UTF-32; UTF-8 labelled as UTF-16")
        {
            RefusedEvent("BOM", RawRequest.Bytes(0xEF, 0xBB, 0xBF, GoodEvent), 400, "invalid_json"),
            Refused("BOM before a batch", RawRequest.Batch(RawRequest.Bytes(0xEF, 0xBB, 0xBF, $"{{\"events\":[{GoodEvent}]}}")), 400, "invalid_json"),
            Refused("BOM before a delete", RawRequest.DeleteMany("\uFEFF{\"prefix\":\"nobody\"}"), 400, "invalid_json"),
            Refused("UTF-16LE", RawRequest.Publish(Encoding.Unicode.GetBytes(GoodEvent)), 400, "invalid_json"),
            Refused("UTF-32", RawRequest.Publish(Encoding.UTF32.GetBytes(GoodEvent)), 400, "invalid_json"),
            Refused("UTF-16LE batch", RawRequest.Batch(Encoding.Unicode.GetBytes($"[{GoodEvent}]")), 400, "invalid_json"),
            Check("labelled UTF-16", async run =>
                run.CheckAcceptance(await run.SendAsync(RawRequest.Publish(GoodEvent, "Content-Type: application/json; charset=utf-16")))),
        },
        new("J14", "duplicate members")
        {
            RefusedEvent("timestamp twice", Good.With(more: ",\"timestamp\":1772028627159"), 400, "duplicate_key"),
            RefusedEvent("payload twice", Good.With(more: ",\"payload\":{}"), 400, "duplicate_key"),
            RefusedEvent("payload once escaped", Good.With(more: ",\"p\\u0061yload\":{}"), 400, "duplicate_key"),
            Check("a property twice, once escaped: the last wins", async run =>
            {
                var id = run.NewId();
                await run.PublishAsync(Good.Event(id, """{"a":1,"b":1,"\u0061":2,"b":{"c":3}}"""));
                var properties = (await run.ReadAsync(id)).GetProperty("properties");
                Assert.Equal("{\"a\":2,\"b\":{\"c\":3}}", Sorted(properties));
                List<JsonElement> pushes = [await run.NextPushAsync(id), await run.NextPushAsync(id)];
                Assert.Equal(["a=2", "b={\"c\":3}"], pushes.Select(p => $"{p.GetProperty("property")}={p.GetProperty("value").GetRawText()}").Order());
                await ExpectNoMorePushesAsync(run, id);
            }),
            Check("two entity_id: the last wins", async run =>
            {
                var (first, last) = (run.NewId(), run.NewId());
                await run.PublishAsync(Good.With(payload: $$"""{"entity_id":"{{first}}","properties":{"n":1},"entity_id":"{{last}}"}"""));
                Assert.Null(await run.TryReadAsync(first));
                Assert.Equal(1, (await run.ReadAsync(last)).GetProperty("properties").GetProperty("n").GetInt32());
                await run.NextPushAsync(last);
                Assert.Equal(1, (await run.HistoryAsync(last)).GetArrayLength());
                Assert.Equal(0, (await run.HistoryAsync(first)).GetArrayLength());
                await ExpectNoMorePushesAsync(run, first);
            }),
        },
        new("J15", "nesting of 100; 128; 129; 100,000 levels")
        {
            KeepsValue("100", Nested(100)),
            KeepsValue("128", Nested(128)),
            Check("128, in the history and in a batch", async run =>
            {
                var id = run.NewId();
                var batch = await run.SendAsync(RawRequest.BatchOf(Good.Event(id, $"{{\"v\":{Nested(128)}}}")));
                Assert.True(batch.Status == 200 && batch.Json.GetProperty("successful").GetInt32() == 1, $"in a batch: {batch}");
                run.Accepted++;
                await run.NextPushAsync(id);
                var stored = (await run.HistoryAsync(id))[0].GetProperty("payload").GetProperty("properties").GetProperty("v");
                Assert.Equal(Nested(128), stored.GetRawText());
                var list = await run.SendAsync(RawRequest.Get($"/api/state/entities?prefix={id}"));
                Assert.Equal(Nested(128), list.Json[0].GetProperty("properties").GetProperty("v").GetRawText());
            }),
            RefusedEvent("129", Good.Property($"\"n\":{Nested(129)}"), 400, "too_deep"),
            RefusedEvent("129 in an unknown member", Good.With(more: $",\"x\":{Nested(131)}"), 400, "too_deep"),
            RefusedEvent("100,000 [", RawRequest.Bytes(Good.With(payload: "{\"entity_id\":\"acme/e1\",\"properties\":{\"n\":" + new string('[', 100_000))), 400, "too_deep"),
            RefusedEvent("100,000 {\"a\":", Good.With(payload: "{\"entity_id\":\"acme/e1\",\"properties\":{\"n\":" + string.Concat(Enumerable.Repeat("{\"a\":", 100_000))), 400, "too_deep"),
            Refused("100,000 [ to the batch", RawRequest.Batch(new string('[', 100_000)), 400, "too_deep"),
            Refused("100,000 [ to the delete", RawRequest.DeleteMany("{\"entity_ids\":" + new string('[', 100_000)), 400, "invalid_json"),
        },
        new("J16", "property name of 900 KB; 100,000 names")
        {
            Refused("name of 900 KB", () => RawRequest.Publish(Good.Property($"\"{new string('n', 900_000)}\":1")), [(400, "invalid_property")]),
            Refused("100,000 names", () => RawRequest.Publish(Good.Property(Names(100_000))), [(400, "too_many_properties")]),
            Check("times to live for 10,000 names and one more, 20 times in a batch", async run =>
            {
                var ttls = string.Join(',', Enumerable.Range(0, 10_001).Select(i => string.Create(CultureInfo.InvariantCulture, $"\"{i}\":60")));
                var item = Good.With(payload: $"{{\"entity_id\":\"{run.NewId()}\",\"properties\":{{{Names(10_000)}}}}}", more: $",\"property_ttl\":{{{ttls}}}");
                var answer = await run.SendAsync(RawRequest.BatchOf([.. Enumerable.Repeat(item, 20)]));
                Assert.All(answer.Json.GetProperty("results").EnumerateArray(), row => Assert.Equal("invalid_field", row.GetProperty("code").GetString()));
            }),
            Refused("100,000 times one name", () => RawRequest.Publish(Good.Property(string.Join(',', Enumerable.Repeat("\"a\":1", 100_000)))), [(400, "too_many_properties")]),
        },
        new("J17", "unknown members; any order")
        {
            Accepted("unknown members", Good.With(more: ",\"namespace\":\"x\",\"\":{\"a\":[null]},\"x\":[[1]]")),
            Accepted("payload first", run =>
                $$"""{"payload":{"properties":{"n":2},"x":null,"entity_id":"{{Good.Id}}"},"timestamp":1,"source":"s","stream":"t"}""",
                async (run, _) => Assert.Equal(2, (await run.ReadAsync(Good.Id)).GetProperty("properties").GetProperty("n").GetInt32())),
        },
        new("J18", "member names in another case")
        {
            RefusedEvent("Stream", Good.With(stream: "", more: ",\"Stream\":\"test\""), 400, "missing_field"),
            RefusedEvent("SOURCE", Good.With(source: "", more: ",\"SOURCE\":\"test\""), 400, "missing_field"),
            RefusedEvent("Payload", Good.With(payload: "", more: ",\"Payload\":{}"), 400, "missing_field"),
            Check("eventid", async run =>
            {
                var answer = await run.PublishAsync(Good.With(more: ",\"eventid\":\"mine\",\"Timestamp\":\"x\",\"KEY\":5"));
                Assert.NotEqual("mine", answer.Json.GetProperty("eventId").GetString());
            }),
        },
        new("J19", "emoji, combining marks, U+2028, U+FFFE in values")
        {
            KeepsValue("literal", "\"\U0001F600 e\u0301 \u00e9 \u2028 \uFFFE \u202E \u200D\""),
            KeepsValue("escaped", """ "\ud83d\ude00 e\u0301 \u00e9 \u2028 \ufffe" """.Trim()),
            KeepsProperty("in a name", "\"\U0001F600e\u0301\"", "\"\U0001F600\""),
        },
    ];

    /// <summary>A value so deep that the event, its payload and its properties make up the rest of the levels.</summary>
    private static string Nested(int levelsOfTheEvent) => new string('[', levelsOfTheEvent - 3) + new string(']', levelsOfTheEvent - 3);

    private static string LongInteger(int digits) => string.Create(digits, 0, (span, _) => span.Fill('7'));

    private static string Names(int count) =>
        string.Join(',', Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"\"{i}\":1")));

    private static byte[] AtPlace(string place, byte[] text)
    {
        var (before, after) = Around(place switch
        {
            "value" => Good.Property("\"n\":\"a~b\""),
            "name" => Good.Property("\"n~\":1"),
            "entity_id" => Good.With(payload: """{"entity_id":"acme/~","properties":{"n":1}}"""),
            "source" => Good.With(source: "\"bad~\""),
            _ => Good.With(more: $",\"{place}\":\"~\""),
        });
        return RawRequest.Bytes(before, text, after);
    }

    private static (string Before, string After) Around(string json)
    {
        var parts = json.Split('~');
        return (parts[0], parts[1]);
    }

    private static string Sorted(JsonElement properties) =>
        $"{{{string.Join(',', properties.EnumerateObject().OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => $"\"{p.Name}\":{p.Value.GetRawText()}"))}}}";

    /// <summary>Shows by a later push about the same entity that nothing came before it.</summary>
    private static async Task ExpectNoMorePushesAsync(RowRun run, string id)
    {
        await run.PublishAsync(Good.Event(id, """{"last":true}"""));
        Assert.Equal("last", (await run.NextPushAsync(id)).GetProperty("property").GetString());
    }
}
