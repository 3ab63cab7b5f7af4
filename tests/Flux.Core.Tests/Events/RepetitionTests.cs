using Flux.Core.Events;

namespace Flux.Core.Tests.Events;

public sealed class RepetitionTests
{
    private static readonly EventData Recorded = Bodies.Read(Bodies.Good("eventId", "\"1\""));

    [Fact]
    public void The_same_event_sent_again_is_a_repetition() =>
        Assert.True(Bodies.Read(Bodies.Good("eventId", "\"1\"")).IsRepetitionOf(Recorded));

    [Fact]
    public void The_order_of_members_and_unknown_ones_do_not_matter() =>
        Assert.True(Bodies.Read("""{"unknown":1,"key":null,""" + Bodies.Good()[1..]).IsRepetitionOf(Recorded));

    [Fact]
    public void A_timestamp_left_out_matches_any() => Assert.True(Bodies.Read(Bodies.Good("timestamp")).IsRepetitionOf(Recorded));

    [Fact]
    public void An_event_without_a_timestamp_repeats_itself_later()
    {
        var first = Bodies.Read(Bodies.Good("timestamp"));
        var again = EventReader.ReadEvent(System.Text.Encoding.UTF8.GetBytes(Bodies.Good("timestamp")), new EventIds(new Clock()), Bodies.Now.AddHours(1));

        Assert.NotEqual(first.Timestamp, again.Timestamp);
        Assert.True(again.IsRepetitionOf(first));
    }

    [Theory]
    [InlineData("stream", "\"test.other\"")]
    [InlineData("source", "\"other\"")]
    [InlineData("timestamp", "1772028627159")]
    [InlineData("key", "\"\"")]
    [InlineData("schema", "\"s\"")]
    [InlineData("payload", """{"entity_id":"acme/e1","properties":{"n":2}}""")]
    [InlineData("payload", """{"entity_id":"acme/e2","properties":{"n":1}}""")]
    [InlineData("payload", """{"entity_id":"acme/e1","properties":{"n": 1}}""")]
    [InlineData("payload", """{"entity_id":"acme\/e1","properties":{"n":1}}""")]
    public void Any_other_difference_makes_it_another_event(string member, string value) =>
        Assert.False(Bodies.Read(Bodies.Good(member, value)).IsRepetitionOf(Recorded));
}
