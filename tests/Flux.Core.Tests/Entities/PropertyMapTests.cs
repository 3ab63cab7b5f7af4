using System.Text;
using CsCheck;
using Flux.Core.Entities;
using Flux.Core.Events;

namespace Flux.Core.Tests.Entities;

public sealed class PropertyMapTests
{
    private static readonly Gen<(string Name, string Value)> Property = Gen.Select(
        Gen.OneOf(
            Gen.Int[0, 100].Select(i => $"p{i}"),
            Gen.OneOf("", "a", "A", "á", "a\u0301", "😀", "\uFFFD", "Z", "_", "\0")),
        Gen.String.AlphaNumeric);

    // Names are unique within one change; a first batch of up to 80 starts some worlds beyond the array.
    private static readonly Gen<PropertyChange[]> Change =
        Property.Array[0, 80].Select(all => all.DistinctBy(p => p.Name, StringComparer.Ordinal).Select(p => Set(p.Name, p.Value)).ToArray());

    [Fact]
    public void It_agrees_with_a_sorted_dictionary_as_array_and_as_tree() =>
        Change.Array[1, 8].Sample(
            changes =>
            {
                var (map, model) = (PropertyMap.Empty, new SortedDictionary<string, string>(StringComparer.Ordinal));
                foreach (var change in changes)
                {
                    map = map.Set(change);
                    foreach (var property in change)
                    {
                        model[property.Name] = Encoding.UTF8.GetString(property.Value.Span);
                    }

                    AssertEqual(model, map);
                }
            },
            iter: 500);

    [Fact]
    public void Small_steps_and_one_large_step_lead_to_the_same_map() =>
        Change.Sample(
            change =>
            {
                var atOnce = PropertyMap.Empty.Set(change);
                var stepwise = change.Aggregate(PropertyMap.Empty, (map, property) => map.Set([property]));

                Assert.Equal(Show(atOnce), Show(stepwise));
                Assert.Equal(atOnce.Count, stepwise.Count);
                Assert.Equal(atOnce.Bytes, stepwise.Bytes);
            },
            iter: 2_000);

    [Fact]
    public void Setting_makes_a_new_map_and_leaves_the_old_one()
    {
        var small = PropertyMap.Empty.Set([Set("b", "1")]);
        var large = small.Set([.. Enumerable.Range(0, 100).Select(i => Set($"p{i}", "0"))]);

        var (smallNow, largeNow) = (small.Set([Set("b", "2"), Set("a", "1")]), large.Set([Set("b", "2"), Set("a", "1")]));

        Assert.Equal("b=1", Show(small));
        Assert.Equal("a=1 b=2", Show(smallNow));
        Assert.StartsWith("b=1 p0=0", Show(large), StringComparison.Ordinal);
        Assert.StartsWith("a=1 b=2 p0=0", Show(largeNow), StringComparison.Ordinal);
    }

    [Fact]
    public void A_map_keeps_no_payload_alive_and_does_not_change_with_it()
    {
        var payload = "1234"u8.ToArray();
        var small = PropertyMap.Empty.Set([new PropertyChange("a", payload.AsMemory(1, 2))]);
        var large = PropertyMap.Empty.Set([.. Enumerable.Range(0, 100).Select(i => new PropertyChange($"{i}", payload))]);

        Array.Fill(payload, (byte)'x');

        Assert.Equal("a=23", Show(small));
        Assert.DoesNotContain("x", Show(large), StringComparison.Ordinal);
    }

    private static PropertyChange Set(string name, string value) => new(name, Encoding.UTF8.GetBytes(value));

    private static string Show(PropertyMap map) => string.Join(' ', map.Select(p => $"{p.Key}={Encoding.UTF8.GetString(p.Value)}"));

    private static void AssertEqual(SortedDictionary<string, string> model, PropertyMap map)
    {
        Assert.Equal(model.Select(p => $"{p.Key}={p.Value}"), map.Select(p => $"{p.Key}={Encoding.UTF8.GetString(p.Value)}"));
        Assert.Equal(model.Count, map.Count);
        Assert.Equal(model.Sum(p => p.Key.Length + p.Value.Length), map.Bytes);
        Assert.All(model, p => Assert.True(map.TryGetValue(p.Key, out var value) && value.Length == p.Value.Length));
        Assert.False(map.TryGetValue("p", out _));
        Assert.False(map.TryGetValue("p1000", out _));
    }
}
