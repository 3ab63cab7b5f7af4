using Flux.Core.Subscriptions;
using Flux.Server.Subscriptions.V2;

namespace Flux.Server.Tests.Subscriptions;

public sealed class PagePlacesTests
{
    private static readonly string[] Ids = ["home/lamp", "plant/pump", "loose", "home/door", "home/", "homes/lamp", "home/lamp"];

    private readonly PagePlaces _places = new([.. Ids.Select((id, at) => TestEvents.Set(at + 1, id))]);

    [Theory]
    [InlineData("home/lamp", new[] { 0, 6 })]
    [InlineData("loose", new[] { 2 })]
    [InlineData("home/*", new[] { 0, 3, 4, 6 })]
    [InlineData("home/", new[] { 4 })]
    [InlineData("nobody/*", new int[0])]
    public void What_a_pattern_includes_is_found_in_order(string pattern, int[] places) =>
        Assert.Equal(places, _places.Find(new Scope([pattern], [])));

    [Fact]
    public void Several_patterns_are_found_in_the_order_of_the_log() =>
        Assert.Equal([0, 1, 2, 3, 4, 6], _places.Find(new Scope(["plant/pump", "home/*", "loose", "home/door"], [])));

    [Theory]
    [InlineData("")]
    [InlineData("home")]
    [InlineData("home/l")]
    public void Nothing_is_known_of_a_prefix_that_is_no_namespace(string prefix) =>
        Assert.Null(_places.Find(new Scope([], [prefix])));
}
