using System.Buffers;
using System.Text;
using CsCheck;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.Core.Tests.Events;

namespace Flux.Core.Tests.Entities;

public sealed class EntityStateTests
{
    private static readonly EntityState Lamp = After("""{"mode":"on","temp":22.50}""");

    [Fact]
    public void An_entity_exists_from_its_first_property_to_its_deletion()
    {
        Assert.False(EntityState.Empty.Exists);
        Assert.False(After("{}").Exists);
        Assert.True(Lamp.Exists);
        Assert.False(After("""{"mode":"on"}""", """{"__deleted__":true}""").Exists);
        Assert.True(After("""{"mode":"on"}""", """{"__deleted__":true}""", """{"mode":null}""").Exists);
    }

    [Theory]
    [InlineData("""{"temp":5}""", """{"mode":"on","temp":5}""")]
    [InlineData("""{"temp":null,"a":{ "b":[1, 2] }}""", """{"a":{"b":[1,2]},"mode":"on","temp":null}""")]
    [InlineData("""{"temp":{"c":1},"Temp":1,"temp ":2}""", """{"Temp":1,"mode":"on","temp":{"c":1},"temp ":2}""")]
    [InlineData("""{}""", """{"mode":"on","temp":22.50}""")]
    [InlineData("""{"mode":"off","__deleted__":true}""", "{}")]
    [InlineData("""{"__deleted__":false}""", """{"__deleted__":false,"mode":"on","temp":22.50}""")]
    public void A_change_replaces_what_it_names_and_leaves_the_rest(string change, string expected)
    {
        var state = Lamp.After(Change(change), version: 7, EventHash.None, expiry: null);

        Assert.Equal(7, state.Version);
        Assert.Equal(expected, Show(state));
    }

    [Theory]
    [InlineData("""{"temp":5}""", """{"temp":22.50}""")]
    [InlineData("""{"temp":22.50}""", """{"temp":22.50}""")]
    [InlineData("""{"new":5}""", "{}")]
    [InlineData("""{"temp":5,"new":1,"mode":null}""", """{"temp":22.50,"mode":"on"}""")]
    [InlineData("""{"__deleted__":true}""", "{}")]
    [InlineData("{}", null)]
    public void Before_holds_the_former_values_of_what_the_event_sets(string change, string? expected)
    {
        var before = Lamp.Before(Change(change));

        Assert.Equal(expected, before is null ? null : Encoding.UTF8.GetString(before));
    }

    [Fact]
    public void Deleting_what_does_not_exist_changes_nothing() => Assert.Null(EntityState.Empty.Before(Change("""{"__deleted__":true}""")));

    [Fact]
    public void Applying_moves_the_time_only_when_something_changed()
    {
        var created = Apply(EntityState.Empty, """{"a":1}""", version: 1, microseconds: 100);
        var untouched = Apply(created, "{}", version: 2, microseconds: 200);
        var same = Apply(untouched, """{"a":1}""", version: 3, microseconds: 300);
        var deleted = Apply(same, """{"__deleted__":true}""", version: 4, microseconds: 400);
        var again = Apply(deleted, """{"__deleted__":true}""", version: 5, microseconds: 500);

        Assert.Equal([100, 100, 300, 400, 400], new[] { created, untouched, same, deleted, again }.Select(s => s.LastUpdated.Microseconds));
        Assert.Equal([1, 2, 3, 4, 5], new[] { created, untouched, same, deleted, again }.Select(s => s.Version));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void A_jump_of_versions_damages_the_entity_for_good_and_the_properties_stay(long version)
    {
        var state = Apply(EntityState.Empty, """{"a":1}""", version: 1, microseconds: 0);

        var broken = Apply(state, """{"a":2}""", version, microseconds: 0);
        var later = Apply(broken, """{"a":3}""", version: 3, microseconds: 0);

        Assert.Equal(version, broken.Damage!.Version);
        Assert.Contains("follows version 1", broken.Damage.Reason, StringComparison.Ordinal);
        Assert.Equal((3, broken.Damage), (later.Version, later.Damage));
        Assert.Same(state.Properties, later.Properties);
        Assert.Throws<EntityQuarantinedException>(later.Whole);
    }

    [Fact]
    public void Written_properties_are_read_back_with_the_same_names_and_texts() =>
        Json.Properties.Sample(
            properties =>
            {
                var written = After(properties);

                var json = Write(written.Properties);
                var read = EntityState.ReadProperties(json);

                Assert.Equal(written.Properties.Select(p => (p.Key, Encoding.UTF8.GetString(p.Value))), read.Select(p => (p.Key, Encoding.UTF8.GetString(p.Value))));
                Assert.Equal(written.Properties.Bytes, read.Bytes);
                Assert.Equal(json, Write(read));
            },
            iter: 3_000);

    [Fact]
    public void The_deepest_and_the_largest_properties_are_read_back()
    {
        var deepest = After($$"""{"v":{{Bodies.Nested(125)}}}""");
        var longest = After($$"""{"{{new string('n', 1024)}}":{{new string('1', 250)}}}""");

        Assert.Equal(Show(deepest), Encoding.UTF8.GetString(Write(EntityState.ReadProperties(Write(deepest.Properties)))));
        Assert.Equal(Show(longest), Encoding.UTF8.GetString(Write(EntityState.ReadProperties(Write(longest.Properties)))));
    }

    [Fact]
    public void Before_undoes_a_change_of_properties_that_were_there() =>
        Gen.Select(Json.Properties, Json.Properties).Sample(
            (first, second) =>
            {
                var (state, change) = (After(first), Change(second));

                var before = state.Before(change);

                var former = before is null ? [] : EntityState.ReadProperties(before).Select(p => (p.Key, Encoding.UTF8.GetString(p.Value)));
                var touched = change.Properties.ToArray().Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
                Assert.Equal(change.IsDeletion ? state.Exists : change.SetsProperties, before is not null);
                Assert.Equal(state.Properties.Where(p => touched.Contains(p.Key)).Select(p => (p.Key, Encoding.UTF8.GetString(p.Value))), former);
            },
            iter: 2_000);

    private static EntityChange Change(string properties) => Bodies.Read(Bodies.WithProperties(properties)).Payload.Change;

    private static EntityState After(params string[] changes) =>
        changes.Aggregate(EntityState.Empty, (state, change) => state.After(Change(change), state.Version + 1, EventHash.None, expiry: null));

    private static EntityState Apply(EntityState state, string properties, long version, long microseconds)
    {
        var data = Bodies.Read(Bodies.WithProperties(properties));
        return state.Apply(new RecordedEvent
        {
            Position = new Position(version),
            RecordedAt = new Timestamp(microseconds),
            Version = version,
            Data = data,
            Before = state.Before(data.Payload.Change),
            Hash = EventHash.None,
        });
    }

    private static byte[] Write(PropertyMap properties)
    {
        var output = new ArrayBufferWriter<byte>();
        new EntityState(1, EventHash.None, properties, default, Expiry.None).WriteProperties(output);
        return output.WrittenSpan.ToArray();
    }

    private static string Show(EntityState state) => Encoding.UTF8.GetString(Write(state.Properties));
}
