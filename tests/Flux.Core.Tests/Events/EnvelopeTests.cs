namespace Flux.Core.Tests.Events;

/// <summary>Rows T of bad-input, and the order of checks of wire-contract section 4.</summary>
public sealed class EnvelopeTests
{
    [Theory]
    [InlineData("stream", null)]
    [InlineData("stream", "null")]
    [InlineData("stream", "\"\"")]
    [InlineData("source", null)]
    [InlineData("source", "null")]
    [InlineData("source", "\"\"")]
    [InlineData("payload", null)]
    [InlineData("payload", "null")]
    [InlineData("timestamp", "null")]
    public void A_required_member_that_is_missing_is_named(string member, string? value)
    {
        var refusal = Bodies.Refused(Bodies.Good(member, value));

        Assert.Equal("missing_field", refusal.Code);
        Assert.Contains(member, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stream", "invalid_field")]
    [InlineData("source", "invalid_field")]
    [InlineData("key", "invalid_field")]
    [InlineData("schema", "invalid_field")]
    [InlineData("eventId", "invalid_event_id")]
    public void A_text_member_of_another_type_is_refused_and_named(string member, string code) =>
        Assert.All(["5", "[]", "{}", "true", "[{\"a\":[1]}]"], value =>
        {
            var refusal = Bodies.Refused(Bodies.Good(member, value));

            Assert.Equal(code, refusal.Code);
            Assert.StartsWith($"{member}:", refusal.Message, StringComparison.Ordinal);
        });

    [Theory]
    [InlineData("\"{}\"")]
    [InlineData("\"\"")]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("false")]
    [InlineData("[{\"entity_id\":\"a\"}]")]
    public void A_payload_of_another_type_is_refused(string value)
    {
        var refusal = Bodies.Refused(Bodies.Good("payload", value));

        Assert.Equal("invalid_field", refusal.Code);
        Assert.StartsWith("payload:", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Sensors")]
    [InlineData("a-b")]
    [InlineData("a_b")]
    [InlineData("a/b")]
    [InlineData(".a")]
    [InlineData("a.")]
    [InlineData("a..b")]
    [InlineData(".")]
    [InlineData("a b")]
    [InlineData(" a")]
    [InlineData("*")]
    [InlineData(">")]
    [InlineData("a\\n")]
    [InlineData("ß")]
    [InlineData("a٣")]
    [InlineData("ａ")]
    public void A_stream_is_lower_case_letters_and_digits_in_parts_joined_by_dots(string stream) =>
        Assert.Equal("invalid_stream", Bodies.Refused(Bodies.Good("stream", $"\"{stream}\"")).Code);

    [Theory]
    [InlineData("a")]
    [InlineData("0")]
    [InlineData("a.b.c")]
    [InlineData("sensors.temperature.4")]
    public void A_good_stream_is_taken(string stream) => Assert.Equal(stream, Bodies.Read(Bodies.Good("stream", $"\"{stream}\"")).Stream);

    [Fact]
    public void An_escaped_stream_is_the_same_stream() => Assert.Equal("ab", Bodies.Read(Bodies.Good("stream", "\"\\u0061b\"")).Stream);

    [Theory]
    [InlineData("stream", "invalid_field")]
    [InlineData("source", "invalid_field")]
    [InlineData("key", "invalid_field")]
    [InlineData("schema", "invalid_field")]
    [InlineData("eventId", "invalid_event_id")]
    public void A_text_member_may_have_1_024_bytes(string member, string code)
    {
        var longest = new string('a', 1024);

        Assert.NotNull(Bodies.Read(Bodies.Good(member, $"\"{longest}\"")));
        Assert.Equal(code, Bodies.Refused(Bodies.Good(member, $"\"{longest}a\"")).Code);
        Assert.Equal(code, Bodies.Refused(Bodies.Good(member, $"\"{new string('é', 513)}\"")).Code);
    }

    [Fact]
    public void An_entity_id_may_have_1_024_bytes()
    {
        static string WithId(string id) => Bodies.Good("payload", $$"""{"entity_id":"{{id}}"}""");

        Assert.Equal(512, Bodies.Read(WithId(new string('é', 512))).Entity?.Id.Length);
        Assert.Equal("invalid_entity_id", Bodies.Refused(WithId(new string('a', 1025))).Code);
        Assert.Equal("invalid_entity_id", Bodies.Refused(WithId(new string('é', 513))).Code);
        Assert.Equal("invalid_entity_id", Bodies.Refused(WithId(new string('a', 1_000_000))).Code);
    }

    [Fact]
    public void Key_and_schema_may_be_null_or_empty()
    {
        var data = Bodies.Read(Bodies.Good("key", "null"));
        var empty = Bodies.Read(Bodies.Good("schema", "\"\""));

        Assert.Null(data.Key);
        Assert.Equal(string.Empty, empty.Schema);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-0")]
    [InlineData("-1")]
    [InlineData("-9223372036854775808")]
    [InlineData("9223372036854775808")]
    [InlineData("10000000000000000000000000000000000000000")]
    [InlineData("\"1772028627158\"")]
    [InlineData("1772028627158.0")]
    [InlineData("1.772e12")]
    [InlineData("1e999")]
    [InlineData("true")]
    [InlineData("[1]")]
    [InlineData("{\"a\":1}")]
    [InlineData("\"2026-02-25T20:04:27Z\"")]
    public void A_timestamp_is_a_positive_whole_number(string value)
    {
        Assert.Equal("invalid_timestamp", Bodies.Refused(Bodies.Good("timestamp", value)).Code);
        Assert.Equal("invalid_timestamp", Bodies.ReadBatch($"[{Bodies.Good("timestamp", value)}]")[0].Refusal?.Code);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1_772_028_627)]
    [InlineData(1_772_028_627_158_000)]
    [InlineData(253_402_300_800_000)]
    [InlineData(long.MaxValue)]
    public void A_timestamp_is_kept_as_sent(long timestamp) => Assert.Equal(timestamp, Bodies.Read(Bodies.Good("timestamp", $"{timestamp}")).Timestamp);

    [Fact]
    public void A_timestamp_left_out_is_the_time_of_arrival()
    {
        var data = Bodies.Read(Bodies.Good("timestamp"));

        Assert.Equal(Bodies.Now.ToUnixTimeMilliseconds(), data.Timestamp);
        Assert.False(data.TimestampIsGiven);
    }

    [Theory]
    [InlineData("a b", "a b")]
    [InlineData("é/\\\"\\r\\n%00", "é/\"\r\n%00")]
    [InlineData("ABC", "ABC")]
    [InlineData(" ", " ")]
    public void An_event_id_is_kept_as_sent(string sent, string kept)
    {
        var data = Bodies.Read(Bodies.Good("eventId", $"\"{sent}\""));

        Assert.Equal(kept, data.EventId);
        Assert.True(data.EventIdIsGiven);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("null")]
    [InlineData("\"\"")]
    public void An_event_id_left_out_is_made(string? value)
    {
        var data = Bodies.Read(Bodies.Good("eventId", value));

        Assert.True(Guid.TryParseExact(data.EventId, "D", out _));
        Assert.False(data.EventIdIsGiven);
    }

    [Theory]
    [InlineData("""{"stream":"","source":"","timestamp":0}""", "missing_field", "payload")]                            // presence first,
    [InlineData("""{"stream":"","source":"","timestamp":"x","payload":null}""", "invalid_timestamp", "timestamp")]     // and types,
    [InlineData("""{"stream":"","source":"","timestamp":0,"payload":null}""", "missing_field", "stream")]              // then what is empty,
    [InlineData("""{"stream":"A","source":"","timestamp":0,"payload":null}""", "missing_field", "source")]
    [InlineData("""{"stream":"A","source":"s","timestamp":0,"payload":null}""", "missing_field", "payload")]
    [InlineData("""{"stream":"A","source":"s","timestamp":0,"payload":1}""", "invalid_stream", "stream")]              // then the forms
    [InlineData("""{"stream":"a","source":"s","timestamp":0,"payload":1}""", "invalid_timestamp", "timestamp")]
    [InlineData("""{"stream":"a","source":"s","timestamp":1,"payload":1}""", "invalid_field", "payload")]
    public void The_first_fault_in_the_contracts_order_answers(string body, string code, string named)
    {
        var refusal = Bodies.Refused(body);

        Assert.Equal(code, refusal.Code);
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_quotes_at_most_64_characters_and_no_control_characters()
    {
        var refusal = Bodies.Refused(Bodies.Good("stream", $"\"\\u001b\\r\\n{new string('A', 1000)}\""));

        Assert.DoesNotContain(refusal.Message, char.IsControl);
        Assert.InRange(refusal.Message.Count(c => c == 'A'), 1, 64);
    }
}
