using System.Text;
using CsCheck;
using Flux.Core.Entities;
using Flux.Core.Events;

namespace Flux.Core.Tests.Entities;

public sealed class EntityRangeTests
{
    // Few characters, so that texts are often each other's prefixes; each at an edge of some order.
    private static readonly Gen<string> Text =
        Gen.OneOf("\u0001", "/", "a", "b", "\u007F", "\u0080", "\uD7FF", "\uE000", "\uFFFD", "\uFFFF", "\U00010000", "😀", "\U0010FFFF")
            .Array[0, 4].Select(string.Concat);

    private static readonly Gen<EntityRange> AnyRange = Gen.OneOf(
        Text.Select(text => EntityRange.OfEntity(EntityKey.Trusted(text))),
        Text.Select(EntityRange.OfPrefix),
        Gen.Select(Text, Text).Select((prefix, id) => EntityRange.OfPrefix(prefix).After(id)),
        Gen.Const(EntityRange.Nothing));

    [Fact]
    public void The_order_is_that_of_the_utf8_bytes() => Gen.Select(Text, Text).Sample(
        (a, b) =>
        {
            var expected = Math.Sign(Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b)));
            Assert.Equal(expected, Math.Sign(EntityIdOrder.Instance.Compare(a, b)));
            Assert.Equal(1, EntityIdOrder.Instance.Compare(a, null));
        });

    [Fact]
    public void A_range_of_an_entity_holds_it_alone() => Gen.Select(Text, Text).Sample(
        (id, other) => Assert.Equal(
            string.Equals(id, other, StringComparison.Ordinal), EntityRange.OfEntity(EntityKey.Trusted(id)).Contains(other)));

    [Fact]
    public void A_range_of_a_prefix_holds_what_starts_with_it() => Gen.Select(Text, Text).Sample(
        (prefix, id) =>
        {
            Assert.Equal(id.StartsWith(prefix, StringComparison.Ordinal), EntityRange.OfPrefix(prefix).Contains(id));
            Assert.True(EntityRange.OfPrefix(prefix).Contains(prefix + id));
        });

    [Fact]
    public void The_rest_after_an_id_holds_what_is_greater() => Gen.Select(AnyRange, Text, Text).Sample(
        (range, after, id) => Assert.Equal(
            range.Contains(id) && EntityIdOrder.Instance.Compare(id, after) > 0, range.After(after).Contains(id)));

    [Fact]
    public void A_union_holds_what_itAnyRanges_hold_and_no_id_twice() => Gen.Select(AnyRange.Array[0, 6], Text.Array[20]).Sample(
        (ranges, ids) =>
        {
            var union = EntityRange.Union(ranges);
            Assert.All(ids, id => Assert.Equal(ranges.Any(range => range.Contains(id)) ? 1 : 0, union.Count(range => range.Contains(id))));
            Assert.All(union.Zip(union.Skip(1)), pair => Assert.True(EntityIdOrder.Instance.Compare(pair.First.End, pair.Second.Start) < 0));
            Assert.DoesNotContain(union, range => range.IsEmpty);
        });

    [Theory]
    [InlineData("a", "a", "b")]
    [InlineData("é/", "é/", "é0")]
    [InlineData("\uD7FF", "\uD7FF", "\uE000")]
    [InlineData("a\U0010FFFF", "a\U0010FFFF", "b")]
    [InlineData("\U0010FFFF", "\U0010FFFF", null)]
    [InlineData("", "", null)]
    [InlineData("a\0", "", "")]
    public void A_prefix_ends_before_the_next_text_that_a_store_can_hold(string prefix, string start, string? end)
    {
        var range = EntityRange.OfPrefix(prefix);

        Assert.Equal((start, end), (range.Start, range.End));
        Assert.Equal(end is "", range.IsEmpty);
    }

    [Fact]
    public void Half_of_a_surrogate_pair_is_a_prefix_of_no_id() => Assert.Same(EntityRange.Nothing, EntityRange.OfPrefix("a\uD83D"));

    [Fact]
    public void A_prefix_longer_than_any_id_is_a_prefix_of_none() =>
        Assert.Same(EntityRange.Nothing, EntityRange.OfPrefix(new string('a', EntityKey.MaxBytes + 1)));

    [Theory]
    [InlineData(null, "a", "a")]
    [InlineData("a", "", "a/")]
    [InlineData("a", "a", "a/")]
    [InlineData("a", "a/b", "a/b")]
    [InlineData("a", "b", null)]
    [InlineData("a", "ab", null)]
    [InlineData("", "", "/")]
    [InlineData("", "p", null)]
    public void A_namespace_and_a_prefix_make_one_range(string? ns, string prefix, string? expected) =>
        Assert.Equal(expected is null ? EntityRange.Nothing : EntityRange.OfPrefix(expected), EntityRange.OfNamespace(ns, prefix));

    [Theory]
    [InlineData("", "b", "b", false)]
    [InlineData("b", "a", "b", false)]
    [InlineData("b", "b", "b", false)]
    [InlineData("b", "b\u0001", "b\u0001", false)]
    [InlineData("b", "c", "c", true)]
    [InlineData("\uFFFD", "😀", "😀", true)] // in the order of the stores, where a surrogate pair comes last
    public void A_range_goes_on_from_a_text(string prefix, string start, string expected, bool isEmpty)
    {
        var rest = EntityRange.OfPrefix(prefix).From(start);

        Assert.Equal((expected, isEmpty), (rest.Start, rest.IsEmpty));
    }
}
