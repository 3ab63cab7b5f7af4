using Flux.Core.Events;

namespace Flux.Core.Tests.Events;

public sealed class EntityKeyTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("e1", "")]
    [InlineData("/e1", "")]
    [InlineData("/", "")]
    [InlineData("acme/", "acme")]
    [InlineData("acme//e1", "acme")]
    [InlineData("acme/line/1", "acme")]
    [InlineData("Ac Me/e1", "Ac Me")]
    [InlineData("acme\\e1", "")]
    [InlineData("acme\u2044e1", "")]
    [InlineData("😀/\u202E\uFEFF\n", "😀")]
    public void Any_text_is_an_id_and_its_namespace_ends_at_the_first_slash(string id, string ns)
    {
        Assert.True(EntityKey.TryParse(id, out var key));

        Assert.Equal(id, key.Id);
        Assert.Equal(ns, key.Namespace);
        Assert.Equal(key, EntityKey.Trusted(id));
        Assert.Equal(id, key.ToString());
    }

    // A fact: the runner cannot carry broken text as an argument.
    [Fact]
    public void What_no_store_can_give_back_is_no_id() =>
        Assert.All([null, "a\0b", "\ud800", "a\udc00", "\udc00\ud800"], id => Assert.False(EntityKey.TryParse(id, out _)));

    [Theory]
    [InlineData("a", 1024)]
    [InlineData("é", 512)]
    [InlineData("€", 341)]
    [InlineData("😀", 256)]
    public void Length_is_counted_in_bytes(string text, int most)
    {
        var longest = string.Concat(Enumerable.Repeat(text, most));

        Assert.True(StoredText.IsValid(longest));
        Assert.True(EntityKey.TryParse(longest, out _));
        Assert.False(StoredText.IsValid(longest + text));
        Assert.False(EntityKey.TryParse(longest + text, out _));
    }

    [Fact]
    public void Ids_are_compared_by_their_characters_alone()
    {
        var key = EntityKey.Trusted("acme/é");

        Assert.Equal(EntityKey.Trusted("acme/\u00e9"), key);
        Assert.Equal(EntityKey.Trusted("acme/\u00e9").GetHashCode(), key.GetHashCode());
        Assert.NotEqual(EntityKey.Trusted("acme/e\u0301"), key);
        Assert.NotEqual(EntityKey.Trusted("ACME/é"), key);
        Assert.NotEqual(EntityKey.Trusted("acme/é\u200b"), key);
    }
}
