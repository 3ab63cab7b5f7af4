using Flux.Server.Subscriptions;

namespace Flux.Server.Tests.Subscriptions;

public sealed class SubscriptionIndexTests
{
    private readonly SubscriptionIndex<string> _index = new();

    public SubscriptionIndexTests() => _index.Add("socket");

    [Fact]
    public void An_empty_set_wants_everything()
    {
        Assert.True(Wants("a/b"));
        Assert.Contains("socket", _index.Everything);
    }

    [Fact]
    public void An_id_wants_exactly_itself()
    {
        Subscribe("a/b");

        Assert.True(Wants("a/b"));
        Assert.False(Wants("a/b/c"));
        Assert.False(Wants("a"));
        Assert.DoesNotContain("socket", _index.Everything);
    }

    [Fact]
    public void The_empty_id_is_an_id()
    {
        Subscribe(string.Empty);

        Assert.True(Wants(string.Empty));
        Assert.False(Wants("a"));
    }

    [Fact]
    public void A_prefix_wants_any_depth_below_it_and_nothing_beside_it()
    {
        Subscribe("ns/*");

        Assert.True(Wants("ns/a"));
        Assert.True(Wants("ns/a/b/c"));
        Assert.True(Wants("ns/"));
        Assert.True(Wants("ns/*"));
        Assert.False(Wants("ns"));
        Assert.False(Wants("nsx/a"));
    }

    [Fact]
    public void A_prefix_may_be_deep()
    {
        Subscribe("plant/line-1/*");

        Assert.True(Wants("plant/line-1/robot/arm"));
        Assert.False(Wants("plant/line-2/robot"));
    }

    [Fact]
    public void A_star_wants_everything_whatever_else_is_there()
    {
        Subscribe("a");
        Subscribe("*");

        Assert.True(Wants("b"));

        _index.Unsubscribe("socket", "*");

        Assert.False(Wants("b"));
        Assert.True(Wants("a"));
    }

    [Fact]
    public void Unsubscribing_the_last_one_wants_everything_again()
    {
        Subscribe("a");
        _index.Unsubscribe("socket", "a");

        Assert.True(Wants("b"));
    }

    [Fact]
    public void Unsubscribing_the_unknown_changes_nothing()
    {
        Subscribe("a");
        _index.Unsubscribe("socket", "b");

        Assert.True(Wants("a"));
        Assert.False(Wants("b"));
    }

    [Fact]
    public void Several_matching_subscriptions_find_a_socket_once()
    {
        Subscribe("ns/a/b");
        Subscribe("ns/*");
        Subscribe("ns/a/*");

        Assert.Equal(["socket"], Find("ns/a/b"));
    }

    [Fact]
    public void A_thousand_and_first_subscription_is_refused()
    {
        for (var i = 0; i <= 1000; i++)
        {
            Subscribe($"id-{i}");
        }

        Assert.True(Wants("id-999"));
        Assert.False(Wants("id-1000"));
    }

    [Fact]
    public void A_socket_that_left_is_not_found()
    {
        _index.Add("other");
        Subscribe("a");
        _index.Subscribe("other", "a", 1000);
        _index.Remove("socket");

        Assert.Equal(["other"], Find("a"));
    }

    private void Subscribe(string pattern) => _index.Subscribe("socket", pattern, most: 1000);

    private bool Wants(string id) => _index.Wants("socket", id);

    private List<string> Find(string id)
    {
        var found = new List<string>();
        _index.Find(id, found);
        return found;
    }
}
