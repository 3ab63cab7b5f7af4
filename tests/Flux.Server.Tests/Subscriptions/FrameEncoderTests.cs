using System.Text;
using System.Text.Json;
using Flux.Server.Subscriptions;

namespace Flux.Server.Tests.Subscriptions;

public sealed class FrameEncoderTests
{
    private readonly FrameEncoder _encoder = new();

    [Fact]
    public void Each_property_is_one_frame_in_the_order_of_the_payload()
    {
        _encoder.WriteChange(TestEvents.Of(7, "home/lamp", """{"on":true,"level":5}"""));

        var frames = Frames.Read(_encoder.Written.Span);
        Assert.Equal(["on", "level"], frames.Select(frame => frame.GetProperty("property").GetString()));
        Assert.Equal(5, frames[1].GetProperty("value").GetInt32());
    }

    [Fact]
    public void The_frames_of_an_event_can_be_written_in_parts()
    {
        var many = TestEvents.Of(7, "home/lamp", $"{{{string.Join(',', Enumerable.Range(0, 100).Select(i => $"\"p{i}\":{i}"))}}}");
        _encoder.WriteChange(many);
        var whole = _encoder.Written.ToArray();
        Assert.InRange(_encoder.Measure(many), whole.Length * 0.8, whole.Length * 1.2);
        var parts = new List<byte>();
        var count = 0;

        for (int? rest = 0; rest is { } first; count++)
        {
            _encoder.Clear();
            rest = _encoder.WriteChange(many, first, most: 1_000);
            Assert.InRange(_encoder.Length, 1, 1_300);
            parts.AddRange(_encoder.Written.Span);
        }

        Assert.Equal(whole, parts);
        Assert.InRange(count, 10, 20);
    }

    [Fact]
    public void A_frame_says_all_that_the_contract_asks_for()
    {
        _encoder.WriteChange(TestEvents.Of(7, "home/lamp", """{"on":null}""", eventId: "id-1"));

        Assert.Equal(
            """{"type":"state_update","entity_id":"home/lamp","property":"on","value":null,"timestamp":"2026-02-25T14:10:27.158770Z","event_id":"id-1","position":7,"version":7}""",
            Frames.Read(_encoder.Written.Span).Single().GetRawText());
    }

    [Fact]
    public void A_deletion_is_one_frame_of_its_own_kind()
    {
        _encoder.WriteChange(TestEvents.Of(7, "home/lamp", """{"__deleted__":true,"x":1}""", eventId: "id-1"));

        Assert.Equal(
            """{"type":"entity_deleted","entity_id":"home/lamp","timestamp":"2026-02-25T14:10:27.158770Z","event_id":"id-1","position":7,"version":7}""",
            Frames.Read(_encoder.Written.Span).Single().GetRawText());
    }

    [Theory]
    [InlineData("""{"a":{"deep":[1,2,{"x":"y"}]}}""")]
    [InlineData("""{"quote\"back\\slash":"\u00e9 \" \\ é 🜁 / <>&+'"}""")]
    [InlineData("""{"tab\tname":[ 1 , "two  spaces" , "\" , " , { "x" : [ ] } ]}""")]
    public void What_is_written_reads_as_what_was_sent(string properties)
    {
        var sent = JsonDocument.Parse(properties).RootElement.EnumerateObject().Single();

        _encoder.WriteChange(TestEvents.Of(1, "a \"b\" é\n", properties));

        var frame = Frames.Read(_encoder.Written.Span).Single();
        Assert.Equal("a \"b\" é\n", frame.GetProperty("entity_id").GetString());
        Assert.Equal(sent.Name, frame.GetProperty("property").GetString());
        Assert.True(JsonElement.DeepEquals(sent.Value, frame.GetProperty("value")));
    }

    [Fact]
    public void Values_are_compact()
    {
        _encoder.WriteChange(TestEvents.Of(1, "a", """{"v":{ "x" : [ 1,  2 ] , "y" : "a  b" }}"""));

        Assert.Equal("""{"x":[1,2],"y":"a  b"}""", Frames.Read(_encoder.Written.Span).Single().GetProperty("value").GetRawText());
    }

    [Theory]
    [InlineData(10)]
    [InlineData(1_000)]
    [InlineData(100_000)]
    public void Frames_of_any_length_say_how_long_they_are(int length)
    {
        var text = new string('x', length);

        _encoder.WriteChange(TestEvents.Of(1, "a", $$"""{"v":"{{text}}"}"""));

        Assert.Equal(text, Frames.Read(_encoder.Written.Span).Single().GetProperty("value").GetString());
    }

    [Theory]
    [InlineData("""{"type":"subscribe","entity_id":"a"}""", true)]
    [InlineData("""{"x":[{}],"entity_id":"","type":"unsubscribe"}""", true)]
    [InlineData("""{"type":"subscribe","entityId":"a"}""", true)]
    [InlineData("hello", false)]
    [InlineData("", false)]
    [InlineData("[]", false)]
    [InlineData("null", false)]
    [InlineData("{", false)]
    [InlineData("""{"type":"subscribe"}""", false)]
    [InlineData("""{"type":"SUBSCRIBE","entity_id":"a"}""", false)]
    [InlineData("""{"type":5,"entity_id":"a"}""", false)]
    [InlineData("""{"type":"subscribe","entity_id":5}""", false)]
    [InlineData("""{"type":"subscribe","entity_id":["a"]}""", false)]
    [InlineData("""{"type":"subscribe","entity_id":"\ud800"}""", false)]
    [InlineData("""{"type":"subscribe","entity_id":"a"} x""", false)]
    public void Only_well_formed_messages_are_understood(string text, bool isUnderstood) =>
        Assert.Equal(isUnderstood, ClientMessage.TryParse(Encoding.UTF8.GetBytes(text), out _));
}
