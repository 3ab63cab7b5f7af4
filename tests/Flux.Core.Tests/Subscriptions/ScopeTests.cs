using CsCheck;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.Core.Subscriptions;

namespace Flux.Core.Tests.Subscriptions;

public sealed class ScopeTests
{
    // Few characters, so that texts are often each other's prefixes.
    private static readonly Gen<string> Text = Gen.OneOf("a", "b", "/", "*", "é", "😀", "\uFFFD").Array[0, 4].Select(string.Concat);

    private static readonly Gen<(string[] Patterns, string[] Prefixes)> Wanted = Gen.Select(
        Gen.Frequency((6, Text), (2, Text.Select(text => text + "/*")), (1, Gen.Const("*"))).Array[0, 5],
        Text.Where(text => text.Length > 0).Array[0, 3]);

    [Fact]
    public void It_includes_what_one_of_its_patterns_or_prefixes_means() => Gen.Select(Wanted, Text.Array[30]).Sample((wanted, ids) =>
    {
        var scope = new Scope(wanted.Patterns, wanted.Prefixes);
        Assert.All(ids.Concat(wanted.Patterns).Concat(wanted.Prefixes), id => Assert.Equal(Means(wanted, id), scope.Includes(id)));
    });

    [Fact]
    public void It_holds_nothing_that_another_part_of_it_covers() => Wanted.Sample(wanted =>
    {
        var scope = new Scope(wanted.Patterns, wanted.Prefixes);
        Assert.DoesNotContain(scope.Prefixes, prefix => scope.Prefixes.Any(other => other != prefix && prefix.StartsWith(other, StringComparison.Ordinal)));
        Assert.DoesNotContain(scope.Ids, id => scope.Prefixes.Any(prefix => id.StartsWith(prefix, StringComparison.Ordinal)));
        Assert.Equal(scope.Ids.Count + scope.Prefixes.Count, scope.Count);
    });

    [Fact]
    public void Its_ranges_hold_exactly_its_ids_in_order() => Gen.Select(Wanted, Text.Array[30]).Sample((wanted, ids) =>
    {
        var scope = new Scope(wanted.Patterns, wanted.Prefixes);
        var ranges = scope.ToRanges();
        Assert.All(ids.Concat(wanted.Patterns), id => Assert.Equal(scope.Includes(id) ? 1 : 0, ranges.Count(range => range.Contains(id))));
        Assert.All(ranges.Zip(ranges.Skip(1)), pair => Assert.True(EntityIdOrder.Instance.Compare(pair.First.End, pair.Second.Start) <= 0));
    });

    [Fact]
    public void Its_scope_of_the_log_holds_the_events_of_all_its_entities() => Gen.Select(Wanted, Text.Array[30]).Sample((wanted, ids) =>
    {
        var scope = new Scope(wanted.Patterns, wanted.Prefixes);
        var log = scope.ToLogScope();
        Assert.All(ids.Concat(wanted.Patterns).Where(scope.Includes), id => Assert.True(Holds(log, id), $"{log} has no events of {id}"));
    });

    [Fact]
    public void The_scope_of_the_log_is_the_smallest_that_the_store_can_read()
    {
        Assert.Equal(new LogScope.OfEntity(EntityKey.Trusted("home/lamp")), new Scope(["home/lamp"], []).ToLogScope());
        Assert.Equal(new LogScope.OfNamespace("home"), new Scope(["home/*"], []).ToLogScope());
        Assert.Equal(new LogScope.OfNamespace("home"), new Scope(["home/lamp", "home/a/b"], ["home/k"]).ToLogScope());
        Assert.Equal(LogScope.All, new Scope(["home/lamp", "work/lamp"], []).ToLogScope());
        Assert.Equal(LogScope.All, new Scope([], ["hom"]).ToLogScope());
        Assert.Equal(LogScope.All, new Scope(["*"], []).ToLogScope());
    }

    [Fact]
    public void A_star_and_the_empty_prefix_are_everything()
    {
        Assert.True(new Scope(["*", "a"], ["b"]).IsEverything);
        Assert.True(new Scope([], [""]).IsEverything);
        Assert.False(new Scope([""], []).IsEverything);
        Assert.False(new Scope(["/*"], []).IsEverything);
    }

    private static bool Means((string[] Patterns, string[] Prefixes) wanted, string id) =>
        wanted.Prefixes.Any(prefix => id.StartsWith(prefix, StringComparison.Ordinal))
        || wanted.Patterns.Any(pattern => pattern switch
        {
            "*" => true,
            _ when pattern.EndsWith("/*", StringComparison.Ordinal) => id.StartsWith(pattern[..^1], StringComparison.Ordinal),
            _ => id == pattern,
        });

    private static bool Holds(LogScope log, string id) => log switch
    {
        LogScope.OfEntity(var key) => key.Id == id,
        LogScope.OfNamespace(var name) => EntityKey.Trusted(id).Namespace == name,
        _ => true,
    };
}
