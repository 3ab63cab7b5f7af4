using System.Text.Json;
using Flux.Server.Tests.BadInput;

namespace Flux.Server.Tests.Contract;

/// <summary>Wire contract, section 5.</summary>
public sealed class BatchTests(ServerFixture server)
{
    private const string Batch = "/api/events/batch";

    [Theory]
    [InlineData("{\"events\":[~]}")]
    [InlineData("[~]")]
    public async Task Both_shapes_of_a_batch_are_taken(string shape)
    {
        var id = Wire.NewId();

        var answer = await server.PostAsync(Batch, shape.Replace("~", Good.Event(id, "{\"n\":1}"), StringComparison.Ordinal));

        Assert.Equal(200, answer.Status);
        Assert.Equal(1, answer.Json.GetProperty("successful").GetInt32());
        Assert.Equal(0, answer.Json.GetProperty("failed").GetInt32());
        Assert.True(await server.ExistsAsync(id));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("{\"events\":null}")]
    [InlineData("{\"events\":{}}")]
    [InlineData("{\"events\":[]}")]
    [InlineData("[]")]
    public async Task A_batch_without_events_is_400(string body)
    {
        Wire.AssertRefused(await server.PostAsync(Batch, body), 400);
    }

    [Theory]
    [InlineData("{\"events\":[~,{]}")]
    [InlineData("[~,nul]")]
    [InlineData("{\"events\":[~],}")]
    public async Task Of_a_batch_that_is_no_json_nothing_is_applied(string shape)
    {
        var id = Wire.NewId();

        Wire.AssertRefused(await server.PostAsync(Batch, shape.Replace("~", Good.Event(id, "{\"n\":1}"), StringComparison.Ordinal)), 400);

        Assert.False(await server.ExistsAsync(id));
    }

    [Fact]
    public async Task Rows_come_in_the_order_of_the_request_with_all_three_keys()
    {
        var id = Wire.NewId();
        string[] events = [Good.Event(id, "{\"n\":1}", id), Good.With(stream: "\"A\"", more: ",\"eventId\":\"mine\""), Good.With(stream: "\"other\"")];

        var answer = await server.PostAsync(Batch, $"[{string.Join(',', events)}]");

        Assert.Equal(200, answer.Status);
        Assert.Equal(2, answer.Json.GetProperty("successful").GetInt32());
        Assert.Equal(1, answer.Json.GetProperty("failed").GetInt32());
        var rows = answer.Json.GetProperty("results").EnumerateArray().ToList();
        Assert.All(rows, row => Assert.Empty(((string[])["eventId", "stream", "error"]).Except(row.Members())));
        Assert.Equal(["test", "A", "other"], rows.Select(row => row.Text("stream")));
        Assert.Equal(id, rows[0].Text("eventId"));
        Assert.Equal(JsonValueKind.Null, rows[0].GetProperty("error").ValueKind);
        Assert.Equal(JsonValueKind.Null, rows[2].GetProperty("error").ValueKind);
    }

    [Theory]
    [InlineData("stream", "\"A-B\"", "A-B")]
    [InlineData("stream", "\"\"", "")]
    [InlineData("source", "\"\"", "test")]
    [InlineData("timestamp", "-1", "test")]
    public async Task An_event_that_fails_validation_has_no_id_in_its_row(string member, string value, string stream)
    {
        var json = member switch { "stream" => Good.With(stream: value, more: ",\"eventId\":\"mine\""), "source" => Good.With(source: value, more: ",\"eventId\":\"mine\""), _ => Good.With(timestamp: value, more: ",\"eventId\":\"mine\"") };

        var answer = await server.PostAsync(Batch, $"[{json}]");

        Assert.Equal(200, answer.Status);
        var row = answer.Json.GetProperty("results")[0];
        Assert.Equal(JsonValueKind.Null, row.GetProperty("eventId").ValueKind);
        Assert.Equal(stream, row.Text("stream"));
        Assert.StartsWith("validation failed: ", row.Text("error"), StringComparison.Ordinal);
        Assert.Contains(member, row.Text("error"), StringComparison.Ordinal);
        Assert.Matches("^[a-z_]+$", row.Text("code"));
    }

    [Fact]
    public async Task A_batch_whose_events_all_fail_is_200()
    {
        var answer = await server.PostAsync(Batch, $"[{Good.With(stream: "\"A\"")},{Good.With(timestamp: "0")}]");

        Assert.Equal(200, answer.Status);
        Assert.Equal(0, answer.Json.GetProperty("successful").GetInt32());
        Assert.Equal(2, answer.Json.GetProperty("failed").GetInt32());
    }

    [Fact]
    public async Task An_event_with_a_missing_member_fails_the_batch_or_its_own_row_and_the_others_tell_the_truth()
    {
        var id = Wire.NewId();

        var answer = await server.PostAsync(Batch, $"[{Good.Event(id, "{\"n\":1}")},{Good.With(source: "")}]");

        if (answer.Status == 400)
        {
            Assert.False(await server.ExistsAsync(id));
            return;
        }

        Assert.Equal(200, answer.Status);
        var rows = answer.Json.GetProperty("results");
        Assert.Equal(rows[0].GetProperty("error").ValueKind == JsonValueKind.Null, await server.ExistsAsync(id));
        Assert.Equal(JsonValueKind.String, rows[1].GetProperty("error").ValueKind);
    }

    [Fact]
    public async Task Rows_carry_the_additions_of_a_single_publish()
    {
        var id = Wire.NewId();
        var one = Good.Event(id, "{\"n\":1}", id);

        var answer = await server.PostAsync(Batch, $"[{one},{one},{Good.Event(id, "{}")}]");

        var rows = answer.Json.GetProperty("results");
        Assert.Equal(3, answer.Json.GetProperty("successful").GetInt32());
        Assert.Equal(1, rows[0].GetProperty("version").GetInt64());
        Assert.True(rows[1].GetProperty("duplicate").GetBoolean());
        Assert.Equal(rows[0].GetProperty("position").GetInt64(), rows[1].GetProperty("position").GetInt64());
        Assert.False(rows[2].GetProperty("applied").GetBoolean());
    }

    [Fact]
    public async Task Events_are_applied_in_order_so_that_the_last_one_wins()
    {
        var id = Wire.NewId();

        await server.PostAsync(Batch, $"[{string.Join(',', Enumerable.Range(0, 500).Select(n => Good.Event(id, $"{{\"n\":{n}}}")))}]");

        Assert.Equal(499, (await server.ReadAsync(id)).GetProperty("properties").GetProperty("n").GetInt32());
        var history = await server.HistoryAsync(id, "&limit=500");
        Assert.Equal(Enumerable.Range(0, 500).Reverse(), history.Select(e => e.GetProperty("payload").GetProperty("properties").GetProperty("n").GetInt32()));
    }

    [Fact]
    public async Task A_batch_may_be_larger_than_a_single_event()
    {
        var text = new string('x', 700_000);

        var answer = await server.PostAsync(Batch, $"[{Good.Event(Wire.NewId(), $"{{\"v\":\"{text}\"}}")},{Good.Event(Wire.NewId(), $"{{\"v\":\"{text}\"}}")}]");

        Assert.Equal(2, answer.Json.GetProperty("successful").GetInt32());
    }

    [Fact]
    public async Task A_batch_over_its_limit_is_413()
    {
        var answer = await server.PostAsync(Batch, $"[{Good.With()}]".PadRight(10_485_761));

        Wire.AssertRefused(answer, 413);
        Assert.StartsWith("payload too large", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_that_is_not_stored_says_so_in_its_row_with_its_id()
    {
        var id = Wire.NewId();

        var answer = await server.PostAsync(Batch, $"[{Good.Event(id, "{\"n\":1}", id)},{Good.Event(id, "{\"n\":2}", id)}]");

        var row = answer.Json.GetProperty("results")[1];
        Assert.Equal((200, id, "test"), (answer.Status, row.Text("eventId"), row.Text("stream")));
        Assert.StartsWith("publish failed: ", row.Text("error"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_number_of_events_has_no_limit_but_the_size_of_the_body()
    {
        const int Events = 12_000;
        var id = Wire.NewId();

        var answer = await server.PostAsync(Batch, $"[{string.Join(',', Enumerable.Range(1, Events).Select(n => Good.Event(id, $"{{\"n\":{n}}}")))}]");

        Assert.Equal((Events, Events), (answer.Json.GetProperty("successful").GetInt32(), answer.Json.GetProperty("results").GetArrayLength()));
        Assert.Equal(Events, (await server.ReadAsync(id)).GetProperty("properties").GetProperty("n").GetInt32());
    }
}
