using System.Text;

namespace Flux.Core.Tests.Events;

/// <summary>Rows B of bad-input, as far as reading decides them.</summary>
public sealed class BatchTests
{
    [Fact]
    public void An_object_with_events_and_a_bare_array_are_the_same_batch()
    {
        var wrapped = Bodies.ReadBatch($$"""{"a":[{"events":[]}],"events":[{{Bodies.Good("key", "\"1\"")}},{{Bodies.Good("key", "\"2\"")}}],"b":{} }""");
        var bare = Bodies.ReadBatch($" [ {Bodies.Good("key", "\"1\"")} , {Bodies.Good("key", "\"2\"")} ] ");

        Assert.Equal(["1", "2"], wrapped.Select(r => r.Event?.Key));
        Assert.Equal(["1", "2"], bare.Select(r => r.Event?.Key));
    }

    [Fact]
    public void Many_items_of_which_most_cannot_be_events_are_refused_whole()
    {
        Assert.Equal(10_000, Bodies.ReadBatch(Batch(10_000, "1")).Count);
        Assert.Equal("invalid_request", Bodies.BatchRefused(Batch(20_000, "1")).Code);
        Assert.All(Bodies.ReadBatch(Batch(20_000, """{"stream":"s","source":"s","payload":{}}""")), item => Assert.Null(item.Refusal));

        static string Batch(int count, string item) => $"[{string.Join(',', Enumerable.Repeat(item, count))}]";
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"events":null}""")]
    [InlineData("""{"events":{}}""")]
    [InlineData("""{"events":"x"}""")]
    [InlineData("""{"events":5}""")]
    [InlineData("""{"events":[]}""")]
    [InlineData("""{"Events":[1]}""")]
    [InlineData("""{"events":[1],"events":[1]}""")]
    [InlineData("""{"events":[1],"\u0065vents":5}""")]
    [InlineData("[]")]
    [InlineData("5")]
    [InlineData("null")]
    public void Another_shape_is_refused_whole(string body) => Assert.Equal("invalid_request", Bodies.BatchRefused(body).Code);

    [Theory]
    [InlineData("")]
    [InlineData("[1,2")]
    [InlineData("""{"events":[1]} x""")]
    [InlineData("""{"events":5,}""")]
    public void A_syntax_error_anywhere_refuses_the_whole(string body) => Assert.Equal("invalid_json", Bodies.BatchRefused(body).Code);

    [Fact]
    public void Good_and_bad_items_each_have_their_own_result_in_order()
    {
        var results = Bodies.ReadBatch($$"""
            {"events":[{{Bodies.Good()}},null,5,[],"x",{{Bodies.Good("stream")}},{{Bodies.Good("source")}},{{Bodies.Good("timestamp", "0")}},{{Bodies.Good()}}]}
            """);

        Assert.Equal(
            [null, "invalid_request", "invalid_request", "invalid_request", "invalid_request", "missing_field", "missing_field", "invalid_timestamp", null],
            results.Select(r => r.Refusal?.Code));
        Assert.Equal([true, false, false, false, false, false, false, false, true], results.Select(r => r.Event is not null));
        Assert.Equal(["test", null, null, null, null, null, "test", "test", "test"], results.Select(r => r.Stream));
    }

    [Theory]
    [InlineData("""{"stream":"NO","source":"s","payload":{}}""", "NO")]
    [InlineData("""{"stream":"test","source":5,"payload":{}}""", "test")]
    [InlineData("""{"source":5,"payload":7,"stream":"test"}""", "test")]
    [InlineData("""{"stream":"test","source":"s","payload":{"properties":{"a":1e999}}}""", "test")]
    public void A_refused_item_keeps_the_stream_that_was_sent(string item, string stream)
    {
        var result = Assert.Single(Bodies.ReadBatch($"[{item}]"));

        Assert.NotNull(result.Refusal);
        Assert.Equal(stream, result.Stream);
    }

    [Fact]
    public void A_refused_item_keeps_a_stream_that_stands_behind_the_fault()
    {
        var result = Assert.Single(Bodies.ReadBatch("""[{"payload":{"properties":{"a":1e999}},"source":"s","stream":"test"}]"""));

        Assert.Equal("test", result.Stream);
    }

    [Fact]
    public void A_batch_within_a_batch_is_an_item_without_a_stream()
    {
        var results = Bodies.ReadBatch($$"""{"events":[{"events":[{{Bodies.Good()}}]},{{Bodies.Good()}}]}""");

        Assert.Equal("missing_field", results[0].Refusal?.Code);
        Assert.NotNull(results[1].Event);
    }

    [Fact]
    public void An_item_that_is_larger_than_an_event_may_be_is_refused_in_its_row()
    {
        var large = Bodies.Good("key", $"\"{new string('k', 500)}\"");

        var results = Bodies.ReadBatch(Encoding.UTF8.GetBytes($"[{Bodies.Good()},{large}, {Bodies.Good()}]"), maxEventBytes: large.Length - 1);

        Assert.Equal([null, "payload_too_large", null], results.Select(result => result.Refusal?.Code));
        Assert.Equal("test", results[1].Stream);
        Assert.NotNull(Assert.Single(Bodies.ReadBatch(Encoding.UTF8.GetBytes($"[{large}]"), maxEventBytes: large.Length)).Event);
    }

    [Fact]
    public void Members_beside_the_events_are_ignored_unless_their_names_are_broken()
    {
        var results = Bodies.ReadBatch($$"""{"a":"\ud800","events":[{{Bodies.Good()}}],"a":1e999}""");

        Assert.NotNull(Assert.Single(results).Event);
        Assert.Equal("invalid_string", Bodies.BatchRefused($$"""{"\ud800\ud800":1,"events":[{{Bodies.Good()}}]}""").Code);
        Assert.Equal("invalid_string", Bodies.BatchRefused($$"""{"events":[{{Bodies.Good()}}],"\ud800\ud800":1}""").Code);
    }

    [Fact]
    public void Generated_ids_of_a_batch_rise()
    {
        var ids = Bodies.ReadBatch($"[{string.Join(',', Enumerable.Repeat(Bodies.Good(), 5000))}]").ConvertAll(r => r.Event!.EventId);

        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        Assert.Distinct(ids);
    }
}
