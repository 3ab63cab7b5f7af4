using System.Text.Json;
using Flux.Server.Tests.BadInput;

namespace Flux.Server.Tests.Contract;

/// <summary>Wire contract, section 4.</summary>
public sealed class PublishTests(ServerFixture server)
{
    [Fact]
    public async Task A_published_event_is_answered_with_its_id_and_stream()
    {
        var answer = await server.PostAsync("/api/events", Good.Event(Wire.NewId(), "{\"n\":1}"));

        Assert.Equal(200, answer.Status);
        Assert.Equal("test", answer.Json.Text("stream"));
        Assert.Equal(7, Guid.Parse(answer.Json.Text("eventId")!).Version);
    }

    [Theory]
    [InlineData("Content-Type")]
    [InlineData("Content-Type: text/plain")]
    [InlineData("Content-Type: application/x-www-form-urlencoded")]
    public async Task The_content_type_is_not_looked_at(string header)
    {
        Assert.Equal(200, (await server.PostAsync("/api/events", Good.With(), header)).Status);
        Assert.Equal(200, (await server.PostAsync("/api/events/batch", $"[{Good.With()}]", header)).Status);
    }

    [Fact]
    public async Task An_event_id_is_kept_as_sent()
    {
        var id = $"{Wire.NewId()} \u00e9 A%2F";

        var answer = await server.PublishAsync(Good.Event(Wire.NewId(), "{\"n\":1}", id));

        Assert.Equal(id, answer.Text("eventId"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(",\"eventId\":null")]
    [InlineData(",\"eventId\":\"\"")]
    public async Task An_event_without_an_id_gets_a_rising_lower_case_uuid_of_now(string member)
    {
        var ids = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            ids.Add((await server.PublishAsync(Good.With(more: member))).Text("eventId")!);
        }

        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        Assert.All(ids, id => Assert.Matches("^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", id));
        var milliseconds = Convert.ToInt64(ids[0].Replace("-", "", StringComparison.Ordinal)[..12], 16);
        var age = TimeProvider.System.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        Assert.True(age.Duration() < TimeSpan.FromMinutes(5), $"the id is {age} old");
    }

    [Theory]
    [InlineData("a")]
    [InlineData("sensors.floor1.7")]
    [InlineData("0")]
    public async Task A_stream_is_parts_joined_by_dots(string stream)
    {
        Assert.Equal(stream, (await server.PublishAsync(Good.With(stream: $"\"{stream}\""))).Text("stream"));
    }

    [Theory]
    [InlineData("Sensors")]
    [InlineData("a-b")]
    [InlineData("a_b")]
    [InlineData("a/b")]
    [InlineData(".a")]
    [InlineData("a.")]
    [InlineData("a..b")]
    public async Task Any_other_stream_is_400_naming_the_field(string stream)
    {
        Wire.AssertRefused(await server.PostAsync("/api/events", Good.With(stream: $"\"{stream}\"")), 400, "stream");
    }

    [Theory]
    [InlineData("stream", "stream is required")]
    [InlineData("source", "source is required")]
    public async Task An_empty_member_is_400_saying_that_it_is_required(string member, string text)
    {
        var json = member == "stream" ? Good.With(stream: "\"\"") : Good.With(source: "\"\"");

        Wire.AssertRefused(await server.PostAsync("/api/events", json), 400, text.Split(' ')[0]);
    }

    [Theory]
    [InlineData("stream")]
    [InlineData("source")]
    [InlineData("payload")]
    public async Task A_missing_member_is_400_naming_it(string member)
    {
        var json = member switch { "stream" => Good.With(stream: ""), "source" => Good.With(source: ""), _ => Good.With(payload: "") };

        Wire.AssertRefused(await server.PostAsync("/api/events", json), 400, member);
    }

    [Fact]
    public async Task An_event_without_a_timestamp_happened_now()
    {
        var id = Wire.NewId();
        await server.PublishAsync(Good.With(timestamp: "", payload: $$$"""{"entity_id":"{{{id}}}","properties":{"n":1}}"""));

        var stored = (await server.HistoryAsync(id))[0].GetProperty("timestamp").GetInt64();

        var age = (TimeProvider.System.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(stored)).Duration();
        Assert.True(age < TimeSpan.FromMinutes(5), $"{stored} is {age} away from now");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("1.0")]
    [InlineData("\"1772028627158\"")]
    [InlineData("null")]
    public async Task Any_other_timestamp_than_a_positive_integer_is_400(string timestamp)
    {
        Wire.AssertRefused(await server.PostAsync("/api/events", Good.With(timestamp: timestamp)), 400, "timestamp");
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("5")]
    public async Task A_payload_that_is_no_object_is_400(string payload)
    {
        Wire.AssertRefused(await server.PostAsync("/api/events", Good.With(payload: payload)), 400, "payload");
    }

    [Theory]
    [InlineData("eventId", "5")]
    [InlineData("stream", "5")]
    [InlineData("stream", "null")]
    [InlineData("source", "[]")]
    [InlineData("source", "null")]
    [InlineData("key", "5")]
    [InlineData("schema", "{}")]
    public async Task A_member_of_another_type_is_400_naming_it(string member, string value)
    {
        var json = member switch { "stream" => Good.With(stream: value), "source" => Good.With(source: value), _ => Good.With(more: $",\"{member}\":{value}") };

        Wire.AssertRefused(await server.PostAsync("/api/events", json), 400, member);
    }

    [Fact]
    public async Task A_key_and_a_schema_of_null_are_as_if_they_were_not_sent()
    {
        var id = Wire.NewId();
        await server.PublishAsync(Good.With(
            payload: $$$$"""{"entity_id":"{{{{id}}}}","properties":{"n":1}}""", more: ",\"key\":null,\"schema\":null"));

        var stored = (await server.HistoryAsync(id))[0];

        Assert.False(stored.TryGetProperty("key", out _) || stored.TryGetProperty("schema", out _), stored.GetRawText());
    }

    [Fact]
    public async Task Types_are_judged_before_what_is_empty_and_a_payload_of_null_before_the_form_of_the_stream()
    {
        var typeBeforeEmpty = await server.PostAsync("/api/events", Good.With(stream: "\"\"", source: "5"));
        var nullBeforeForm = await server.PostAsync("/api/events", Good.With(stream: "\"A\"", payload: "null"));

        Wire.AssertRefused(typeBeforeEmpty, 400, "source");
        Wire.AssertRefused(nullBeforeForm, 400, "payload is required");
    }

    [Fact]
    public async Task The_body_is_judged_before_its_syntax_and_its_members_in_order()
    {
        var large = await server.SendAsync(RawRequest.Publish(new string('{', 1_048_577)));
        var syntax = await server.PostAsync("/api/events", "{\"stream\":\"A\",");
        var presenceBeforeFormat = await server.PostAsync("/api/events", Good.With(stream: "\"A\"", source: ""));
        var emptyBeforeFormat = await server.PostAsync("/api/events", Good.With(stream: "\"A\"", source: "\"\""));
        var formatBeforeTimestamp = await server.PostAsync("/api/events", Good.With(stream: "\"A\"", timestamp: "-1"));
        var timestampBeforePayload = await server.PostAsync("/api/events", Good.With(timestamp: "-1", payload: "[]"));

        Wire.AssertRefused(large, 413);
        Assert.Equal("invalid_json", syntax.Code);
        Wire.AssertRefused(presenceBeforeFormat, 400, "source");
        Wire.AssertRefused(emptyBeforeFormat, 400, "source");
        Wire.AssertRefused(formatBeforeTimestamp, 400, "stream");
        Wire.AssertRefused(timestampBeforePayload, 400, "timestamp");
    }

    [Fact]
    public async Task A_body_of_the_limit_is_allowed_and_one_more_byte_is_413()
    {
        var exactly = await server.PostAsync("/api/events", Good.With().PadRight(1_048_576));
        var more = await server.PostAsync("/api/events", Good.With().PadRight(1_048_577));

        Assert.Equal(200, exactly.Status);
        Wire.AssertRefused(more, 413);
        Assert.StartsWith("payload too large", more.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_answer_tells_position_and_version()
    {
        var id = Wire.NewId();

        var first = await server.SetAsync(id, "{\"n\":1}");
        var second = await server.SetAsync(id, "{\"n\":2}");

        Assert.Equal(1, first.GetProperty("version").GetInt64());
        Assert.Equal(2, second.GetProperty("version").GetInt64());
        Assert.True(second.GetProperty("position").GetInt64() > first.GetProperty("position").GetInt64());
        Assert.False(first.TryGetProperty("duplicate", out _));
        Assert.NotEqual(JsonValueKind.False, first.TryGetProperty("applied", out var applied) ? applied.ValueKind : JsonValueKind.True);
    }

    [Fact]
    public async Task An_event_without_an_entity_is_stored_without_a_version_and_changes_nothing()
    {
        var answer = await server.PublishAsync(Good.With(payload: """{"hello":"world"}"""));

        Assert.False(answer.TryGetProperty("version", out _));
        Assert.False(answer.GetProperty("applied").GetBoolean());
        Assert.True(answer.GetProperty("position").GetInt64() > 0);
    }

    [Fact]
    public async Task The_same_event_again_is_a_duplicate()
    {
        var id = Wire.NewId();
        var json = Good.Event(id, "{\"n\":1}", eventId: id);
        var first = await server.PublishAsync(json);

        var again = await server.PublishAsync(json);

        Assert.True(again.GetProperty("duplicate").GetBoolean());
        Assert.Equal(first.GetProperty("position").GetInt64(), again.GetProperty("position").GetInt64());
        Assert.Single(await server.HistoryAsync(id));
    }

    [Fact]
    public async Task The_same_event_id_with_another_event_is_409()
    {
        var id = Wire.NewId();
        await server.PublishAsync(Good.Event(id, "{\"n\":1}", eventId: id));

        var answer = await server.PostAsync("/api/events", Good.Event(id, "{\"n\":2}", eventId: id));

        Wire.AssertRefused(answer, 409);
        Assert.Equal("event_id_conflict", answer.Code);
        Assert.Equal(1, (await server.ReadAsync(id)).GetProperty("properties").GetProperty("n").GetInt32());
    }

    [Fact]
    public async Task A_read_straight_after_the_answer_shows_the_event()
    {
        var id = Wire.NewId();
        for (var n = 0; n < 50; n++)
        {
            await server.SetAsync(id, $"{{\"n\":{n}}}");
            Assert.Equal(n, (await server.ReadAsync(id)).GetProperty("properties").GetProperty("n").GetInt32());
        }
    }
}
