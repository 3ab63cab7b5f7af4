using System.Text;
using Flux.Core.Events;

namespace Flux.Core.Tests.Events;

/// <summary>Rows J of bad-input, and what a good event becomes.</summary>
public sealed class EventReaderTests
{
    [Fact]
    public void A_good_event_is_read_as_it_was_sent()
    {
        const string payload = """{ "entity_id" : "acme/e1", "properties":{"n": 22.50 ,"t":"é\u00e9"}, "more":[1] }""";

        var data = Bodies.Read($$"""
             {"payload":{{payload}},"key":"k","schema":"s","eventId":"id 1","unknown":{"a":[1]},"timestamp":7,"source":"me","stream":"a.b1.c"}
            """);

        Assert.Equal("id 1", data.EventId);
        Assert.True(data.EventIdIsGiven);
        Assert.Equal("a.b1.c", data.Stream);
        Assert.Equal("me", data.Source);
        Assert.Equal(7, data.Timestamp);
        Assert.True(data.TimestampIsGiven);
        Assert.Equal("k", data.Key);
        Assert.Equal("s", data.Schema);
        Assert.Equal(payload, Bodies.Text(data.Payload.Json));
        Assert.Equal("acme/e1", data.Entity?.Id);
        Assert.Equal("acme", data.Entity?.Namespace);
        Assert.Equal(["n=22.50", "t=\"é\\u00e9\""], data.Payload.Change.Properties.ToArray().Select(p => $"{p.Name}={Bodies.Text(p.Value)}"));
    }

    [Fact]
    public void A_payload_does_not_keep_the_request_alive_or_change_with_it()
    {
        var body = Encoding.UTF8.GetBytes(Bodies.Good());

        var data = Bodies.Read(body);
        Array.Fill(body, (byte)'x');

        Assert.Equal("""{"entity_id":"acme/e1","properties":{"n":1}}""", Bodies.Text(data.Payload.Json));
        Assert.Equal("1", Bodies.Text(data.Payload.Change.Properties[0].Value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \r\n\t ")]
    [InlineData("""{"stream":"test","source":"ba""")]
    [InlineData("""{"stream":"test","source":"bad-input","timestamp":1,"payload":{}""")]
    public void An_empty_or_cut_body_is_no_JSON(string body) => Assert.Equal("invalid_json", Bodies.Refused(body).Code);

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("1")]
    [InlineData("true")]
    public void Other_JSON_than_an_object_is_no_event(string body) => Assert.Equal("invalid_request", Bodies.Refused(body).Code);

    [Theory]
    [InlineData("{0}{0}")]
    [InlineData("{0} x")]
    [InlineData("{0}\n{0}\n")]
    [InlineData("{0},")]
    [InlineData("{0}]")]
    public void Nothing_may_follow_the_event(string form) =>
        Assert.Equal("invalid_json", Bodies.Refused(form.Replace("{0}", Bodies.Good(), StringComparison.Ordinal)).Code);

    [Theory]
    [InlineData("[1,]")]
    [InlineData("{\"a\":1,}")]
    [InlineData("1 // x\n")]
    [InlineData("/* x */ 1")]
    [InlineData("'x'")]
    [InlineData("{a:1}")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("01")]
    [InlineData("+1")]
    [InlineData(".5")]
    [InlineData("1.")]
    [InlineData("0x10")]
    [InlineData("1e")]
    [InlineData("--1")]
    [InlineData("\"\u0001\"")]
    [InlineData("\"\n\"")]
    [InlineData("\"\u001f\"")]
    [InlineData("\"\\x41\"")]
    [InlineData("\"\\u12\"")]
    [InlineData("\"\\uZZZZ\"")]
    public void Lenient_JSON_is_refused_wherever_it_stands(string value)
    {
        Assert.Equal("invalid_json", Bodies.Refused(Bodies.WithValue(value)).Code);
        Assert.Equal("invalid_json", Bodies.Refused(Bodies.Good("unknown", value)).Code);
        Assert.Equal("invalid_json", Bodies.BatchRefused($"[{Bodies.Good()},{Bodies.WithValue(value)}]").Code);
    }

    [Theory]
    [InlineData("1e999")]
    [InlineData("-1e999")]
    [InlineData("1E400")]
    [InlineData("[0,{\"a\":1e309}]")]
    public void A_number_beyond_a_double_is_refused_wherever_it_stands(string value)
    {
        Assert.Equal("invalid_number", Bodies.Refused(Bodies.WithValue(value)).Code);
        Assert.Equal("invalid_number", Bodies.Refused(Bodies.Good("unknown", value)).Code);
        Assert.Equal("invalid_number", Bodies.Refused(Bodies.Good("payload", $$"""{"other":{{value}}}""")).Code);
        Assert.Equal("invalid_number", Bodies.Refused(Bodies.Good("payload", $$"""{"entity_id":{{value}}}""")).Code);
        Assert.Equal("invalid_number", Bodies.ReadBatch($"[{Bodies.WithValue(value)}]")[0].Refusal?.Code);
    }

    [Fact]
    public void An_integer_of_900_000_digits_is_refused() =>
        Assert.Equal("invalid_number", Bodies.Refused(Bodies.WithValue(new string('9', 900_000))).Code);

    [Theory]
    [InlineData("9007199254740993")]
    [InlineData("18446744073709551616")]
    [InlineData("0.1000000000000000055511151231257827")]
    [InlineData("1e-999999999")]
    [InlineData("1E308")]
    [InlineData("-0")]
    [InlineData("-0.0")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901")]
    public void A_number_keeps_its_text(string value) =>
        Assert.Equal(value, Bodies.Text(Bodies.Read(Bodies.WithValue(value)).Payload.Change.Properties[0].Value));

    [Theory]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xC0, 0xAF })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xE2, 0x82 })]
    public void Invalid_UTF8_is_refused_wherever_it_stands(byte[] bytes)
    {
        foreach (var place in new[] { Bodies.WithValue("\"#\""), Bodies.WithProperties("{\"#\":1}"), Bodies.Good("source", "\"#\""), Bodies.Good("#", "1") })
        {
            var at = place.IndexOf('#', StringComparison.Ordinal);
            byte[] body = [.. Encoding.UTF8.GetBytes(place[..at]), .. bytes, .. Encoding.UTF8.GetBytes(place[(at + 1)..])];

            Assert.Equal("invalid_utf8", Bodies.Refused(body).Code);
        }
    }

    [Theory]
    [InlineData("""\ud800""")]
    [InlineData("""\udc00x""")]
    [InlineData("""\udc00\ud800""")]
    [InlineData("""\ud800\ud800""")]
    [InlineData("""enough to be long \ud800""")]
    public void Half_a_surrogate_pair_is_refused_wherever_it_stands(string text)
    {
        string[] bodies =
        [
            Bodies.WithValue($"\"{text}\""),
            Bodies.WithValue($"[[\"{text}\"]]"),
            Bodies.WithValue($$"""[{"{{text}}":1}]"""),
            Bodies.WithProperties($$"""{"{{text}}":1}"""),
            Bodies.Good("payload", $$"""{"entity_id":"{{text}}"}"""),
            Bodies.Good("payload", $$"""{"entity_id":["{{text}}"]}"""),
            Bodies.Good("payload", $$"""{"{{text}}":1}"""),
            Bodies.Good("payload", $$"""{"properties":"{{text}}"}"""),
            Bodies.Good("source", $"\"{text}\""),
            Bodies.Good("stream", $"\"{text}\""),
            Bodies.Good("key", $"\"{text}\""),
            Bodies.Good("schema", $"\"{text}\""),
            Bodies.Good("eventId", $"\"{text}\""),
            Bodies.Good("unknown", $"\"{text}\""),
            Bodies.Good("unknown", $$"""{"{{text}}":1}"""),
            Bodies.Good(text, "1"),
        ];

        Assert.All(bodies, body => Assert.Equal("invalid_string", Bodies.Refused(body).Code));
        Assert.All(bodies, body => Assert.Equal("invalid_string", Bodies.ReadBatch($$"""{"events":[{{body}}]}""")[0].Refusal?.Code));
    }

    [Fact]
    public void U0000_is_text_in_a_property_and_refused_in_what_is_stored_beside_it()
    {
        const string nul = """a\u0000b""";

        var data = Bodies.Read(Bodies.WithProperties($$"""{"{{nul}}":"{{nul}}"}"""));

        Assert.Equal("a\0b", data.Payload.Change.Properties[0].Name);
        Assert.Equal($"\"{nul}\"", Bodies.Text(data.Payload.Change.Properties[0].Value));
        Assert.Equal("invalid_string", Bodies.Refused(Bodies.Good("payload", $$"""{"entity_id":"{{nul}}"}""")).Code);
        Assert.All(["eventId", "source", "key", "schema", "stream"], member =>
            Assert.Equal("invalid_string", Bodies.Refused(Bodies.Good(member, $"\"{nul}\"")).Code));
    }

    [Fact]
    public void A_byte_order_mark_and_other_encodings_are_refused()
    {
        byte[] marked = [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Bodies.Good())];

        Assert.Equal("invalid_json", Bodies.Refused(marked).Code);
        Assert.Equal("invalid_json", Bodies.Refused(Encoding.Unicode.GetBytes(Bodies.Good())).Code);
        Assert.Equal("invalid_json", Bodies.Refused(Encoding.UTF32.GetBytes(Bodies.Good())).Code);
    }

    [Theory]
    [InlineData("stream")]
    [InlineData("source")]
    [InlineData("timestamp")]
    [InlineData("payload")]
    [InlineData("eventId")]
    [InlineData("key")]
    [InlineData("schema")]
    public void A_member_of_the_event_may_be_there_once(string member)
    {
        var value = member switch { "timestamp" => "5", "payload" => "{}", _ => "\"x\"" };
        var body = Bodies.Good(member, value);
        var escaped = $"\\u{(int)member[0]:x4}{member[1..]}";

        Assert.Equal("duplicate_key", Bodies.Refused($"{body[..^1]},\"{member}\":{value}}}").Code);
        Assert.Equal("duplicate_key", Bodies.Refused($"{body[..^1]},\"{escaped}\":{value}}}").Code);
        Assert.Equal("duplicate_key", Bodies.Refused($"{body[..^1]},\"{member}\":null}}").Code);
    }

    [Fact]
    public void Unknown_members_are_ignored_twice_too() =>
        Assert.Equal("test", Bodies.Read("""{"a":1,"a":{"b":[null]},""" + Bodies.Good()[1..]).Stream);

    [Theory]
    [InlineData("Stream")]
    [InlineData("SOURCE")]
    [InlineData("Payload")]
    public void Member_names_are_case_sensitive(string name)
    {
        var body = Bodies.Good().Replace($"\"{name}\"", $"\"{name}\"", StringComparison.OrdinalIgnoreCase);

        var refusal = Bodies.Refused(body);

        Assert.Equal("missing_field", refusal.Code);
        Assert.Contains(name, refusal.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void An_optional_member_in_another_case_is_ignored()
    {
        var data = Bodies.Read(Bodies.Good("eventid", "5"));

        Assert.False(data.EventIdIsGiven);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(125)]
    public void Nesting_is_free_up_to_128_levels(int levels)
    {
        // The event, its payload and the properties are three.
        Assert.Equal(levels * 2, Bodies.Read(Bodies.WithValue(Bodies.Nested(levels))).Payload.Change.Properties[0].Value.Length);
        Assert.NotNull(Bodies.ReadBatch($$"""{"events":[{{Bodies.WithValue(Bodies.Nested(levels))}}]}""")[0].Event);
        Assert.NotNull(Bodies.ReadBatch($"[{Bodies.WithValue(Bodies.Nested(levels))}]")[0].Event);
    }

    [Theory]
    [InlineData(126)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(1000)]
    public void Deeper_nesting_is_refused(int levels)
    {
        Assert.Equal("too_deep", Bodies.Refused(Bodies.WithValue(Bodies.Nested(levels))).Code);
        Assert.Equal("too_deep", Bodies.Refused(Bodies.Good("unknown", Bodies.Nested(levels + 2))).Code);
        Assert.Equal("too_deep", BatchCode($$"""{"events":[{{Bodies.WithValue(Bodies.Nested(levels))}}]}"""));
        Assert.Equal("too_deep", BatchCode($"[{Bodies.WithValue(Bodies.Nested(levels))}]"));
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{\"a\":")]
    [InlineData("{ \"a\" : ")]
    [InlineData("[1,")]
    public void A_hundred_thousand_levels_are_refused(string level)
    {
        var text = new StringBuilder().Insert(0, level, 100_000).ToString();

        Assert.Equal("too_deep", Bodies.Refused(text).Code);
        Assert.Equal("too_deep", Bodies.Refused(Bodies.WithValue(text)).Code);
        Assert.Equal("too_deep", Bodies.BatchRefused(text).Code);
        Assert.Equal("too_deep", Bodies.BatchRefused($$"""{"events":[{{text}}""").Code);
    }

    [Theory]
    [InlineData("""{"stream":5,"source":"x","payload":{}""")]
    [InlineData("""{"stream":"NOT GOOD","payload":null,]""")]
    [InlineData("""{"source":"x","source":"x",""")]
    [InlineData("""{"payload":{"properties":{"a":1e999}},,}""")]
    [InlineData("""{"source":"\ud800"} x""")]
    [InlineData("""[}""")]
    public void A_syntax_error_beats_what_is_wrong_with_a_member_before_it(string body) => Assert.Equal("invalid_json", Bodies.Refused(body).Code);

    [Fact]
    public void A_syntax_error_says_where_it_is()
    {
        var refusal = Bodies.Refused("{\n\"stream\":\"a\",\n\"source\" x}");

        Assert.Contains("line 3, byte 10", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"\\u2028\"")]
    [InlineData("\"\U0001F600\u0301\u2028\uFFFE\"")]
    [InlineData("\"\\ud83d\\ude00\"")]
    [InlineData("\"\u007f\\/\"")]
    public void Text_keeps_its_spelling(string value) =>
        Assert.Equal(value, Bodies.Text(Bodies.Read(Bodies.WithValue(value)).Payload.Change.Properties[0].Value));

    // Of a batch that is too deep by itself nothing is read; of one item the item is refused.
    private static string? BatchCode(string body)
    {
        try
        {
            return Bodies.ReadBatch(body)[0].Refusal?.Code;
        }
        catch (EventRefusedException refusal)
        {
            return refusal.Code;
        }
    }
}
