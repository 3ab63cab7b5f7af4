using System.Text;
using CsCheck;
using Flux.Core.Events;

namespace Flux.Core.Tests.Events;

/// <summary>Rows P of bad-input, and what a payload means: wire-contract section 6.</summary>
public sealed class PayloadTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("""{"properties":{"a":1}}""")]
    [InlineData("""{"entity_id":5,"properties":{"a":1}}""")]
    [InlineData("""{"entity_id":null,"properties":{"a":1}}""")]
    [InlineData("""{"entity_id":["e"],"properties":{"a":1}}""")]
    [InlineData("""{"entity_id":{"entity_id":"e"},"properties":{"a":1}}""")]
    [InlineData("""{"Entity_id":"e","properties":{"a":1}}""")]
    [InlineData("""{"x":{"entity_id":"e","properties":{"a":1}}}""")]
    [InlineData("""{"entity_id":"e","entity_id":null,"properties":{"a":1}}""")]
    public void Without_a_text_as_entity_id_there_is_no_entity_and_no_change(string payload)
    {
        var data = Bodies.Read(Bodies.Good("payload", payload));

        Assert.Null(data.Entity);
        Assert.Same(EntityChange.None, data.Payload.Change);
    }

    [Theory]
    [InlineData("""{"entity_id":"e"}""")]
    [InlineData("""{"entity_id":"e","properties":{}}""")]
    [InlineData("""{"entity_id":"e","properties":null}""")]
    [InlineData("""{"entity_id":"e","properties":[{"a":1}]}""")]
    [InlineData("""{"entity_id":"e","properties":"{}"}""")]
    [InlineData("""{"entity_id":"e","properties":{"a":1},"properties":5}""")]
    [InlineData("""{"entity_id":"e","properties":{"__deleted__":true},"properties":{}}""")]
    public void Without_an_object_of_properties_nothing_changes(string payload)
    {
        var data = Bodies.Read(Bodies.Good("payload", payload));

        Assert.Equal("e", data.Entity?.Id);
        Assert.Same(EntityChange.None, data.Payload.Change);
    }

    [Theory]
    [InlineData("""{"entity_id":"a","properties":{"x":1},"entity_id":"e","properties":{"y":2}}""", "y=2")]
    [InlineData("""{"\u0065ntity_id":"\u0065","\u0070roperties":{"\u0079":2}}""", "y=2")]
    [InlineData("""{"properties":{"a":1,"b":2,"\u0061":3},"entity_id":"e"}""", "b=2 a=3")]
    [InlineData("""{"properties":{"a":1,"b":2,"a":3,"b":4,"a":5},"entity_id":"e"}""", "b=4 a=5")]
    [InlineData("""{"properties":{"A":1,"a":2,"é":3,"e\u0301":4},"entity_id":"e"}""", "A=1 a=2 é=3 e\u0301=4")]
    [InlineData("""{"properties":{"":null,"a.b":[1, 2],"__proto__":{ },"%":"'"},"entity_id":"e"}""", "=null a.b=[1, 2] __proto__={ } %='")]
    public void Of_repeated_members_the_last_wins_at_its_place(string payload, string expected)
    {
        var data = Bodies.Read(Bodies.Good("payload", payload));

        Assert.Equal("e", data.Entity?.Id);
        Assert.Equal(expected, Show(data.Payload.Change).Replace("\"", string.Empty, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"__deleted__":true}""")]
    [InlineData("""{"a":1,"__deleted__": true ,"b":2}""")]
    [InlineData("""{"__deleted__":false,"__deleted__":true}""")]
    [InlineData("""{"__dele\u0074ed__":true}""")]
    public void Deleted_exactly_true_deletes_and_all_else_is_ignored(string properties)
    {
        var change = Bodies.Read(Bodies.WithProperties(properties)).Payload.Change;

        Assert.True(change.IsDeletion);
        Assert.False(change.SetsProperties);
        Assert.Empty(change.Properties.ToArray());
    }

    [Theory]
    [InlineData("false")]
    [InlineData("1")]
    [InlineData("\"true\"")]
    [InlineData("null")]
    [InlineData("[true]")]
    [InlineData("{\"__deleted__\":true}")]
    public void Deleted_with_any_other_value_is_a_property(string value)
    {
        var change = Bodies.Read(Bodies.WithProperties($$"""{"__deleted__":true,"__deleted__":{{value}}}""")).Payload.Change;

        Assert.False(change.IsDeletion);
        Assert.Equal($"__deleted__={value}", Show(change));
    }

    [Fact]
    public void A_property_name_has_at_most_1_024_bytes()
    {
        var longest = new string('n', 1024);

        Assert.Equal(longest, Bodies.Read(Named(longest)).Payload.Change.Properties[0].Name);
        Assert.Equal(512, Bodies.Read(Named(new string('é', 512))).Payload.Change.Properties[0].Name.Length);
        Assert.Equal(1024, Bodies.Read(Named(Escaped(1024))).Payload.Change.Properties[0].Name.Length);
        Assert.Equal("invalid_property", Bodies.Refused(Named(longest + "n")).Code);
        Assert.Equal("invalid_property", Bodies.Refused(Named(Escaped(1025))).Code);
        Assert.Equal("invalid_property", Bodies.Refused(Named(string.Concat(Enumerable.Repeat("😀", 300)))).Code);
        Assert.Equal("invalid_property", Bodies.Refused(Named(new string('n', 900_000))).Code);

        static string Named(string name) => Bodies.WithProperties($$"""{"{{name}}":1}""");
        static string Escaped(int count) => string.Concat(Enumerable.Repeat("\\u0061", count));
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(10_000)]
    public void An_event_sets_up_to_10_000_properties(int count)
    {
        var change = Bodies.Read(Many(count)).Payload.Change;

        Assert.Equal(Enumerable.Range(0, count).Select(i => $"p{i}"), change.Properties.ToArray().Select(p => p.Name));
    }

    [Fact]
    public void More_properties_are_refused()
    {
        Assert.Equal("too_many_properties", Bodies.Refused(Many(10_001)).Code);
        Assert.Equal("too_many_properties", Bodies.Refused(Many(100_000)).Code);
    }

    [Theory]
    [InlineData(14)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(40)]
    public void A_repeated_name_among_many_is_found(int others)
    {
        var names = Enumerable.Range(0, others).Select(i => $"\"p{i}\":{i}");

        var first = Bodies.Read(Bodies.WithProperties($$"""{"a":1,"a":2,{{string.Join(',', names)}}}""")).Payload.Change;
        var last = Bodies.Read(Bodies.WithProperties($$"""{"a":1,{{string.Join(',', names)}},"a":2,"a":3}""")).Payload.Change;

        Assert.Equal(["a", .. Enumerable.Range(0, others).Select(i => $"p{i}")], first.Properties.ToArray().Select(p => p.Name));
        Assert.Equal([.. Enumerable.Range(0, others).Select(i => $"p{i}"), "a"], last.Properties.ToArray().Select(p => p.Name));
        Assert.Equal("2", Bodies.Text(first.Properties[0].Value));
        Assert.Equal("3", Bodies.Text(last.Properties[^1].Value));
    }

    [Fact]
    public void A_payload_from_the_log_means_what_it_meant_at_the_gateway() =>
        Json.Payload.Sample(
            payload =>
            {
                var read = Bodies.Read(Bodies.Good("payload", payload)).Payload;
                var derived = new EventPayload(Encoding.UTF8.GetBytes(payload));

                Assert.Equal(Bodies.Text(read.Json), Bodies.Text(derived.Json));
                Assert.Equal(read.EntityId, derived.EntityId);
                Assert.Equal(read.Change.IsDeletion, derived.Change.IsDeletion);
                Assert.Equal(Show(read.Change), Show(derived.Change));
            },
            iter: 3_000);

    [Fact]
    public void What_a_payload_means_agrees_with_an_independent_reading() =>
        Json.Payload.Sample(
            payload =>
            {
                var (entityId, isDeletion, properties) = Json.Interpret(payload);

                var read = Bodies.Read(Bodies.Good("payload", payload)).Payload;

                Assert.Equal(entityId, read.EntityId);
                Assert.Equal(isDeletion, read.Change.IsDeletion);
                Assert.Equal(properties, read.Change.Properties.ToArray().Select(p => (p.Name, Bodies.Text(p.Value))));
            },
            iter: 3_000);

    private static string Many(int count) => Bodies.WithProperties($"{{{string.Join(',', Enumerable.Range(0, count).Select(i => $"\"p{i}\":{i}"))}}}");

    private static string Show(EntityChange change) =>
        string.Join(' ', change.Properties.ToArray().Select(p => $"{p.Name}={Bodies.Text(p.Value)}"));
}
