using CsCheck;
using Flux.Core.Subscriptions;
using Flux.Server.Subscriptions.V2;

namespace Flux.Server.Tests.Subscriptions.V2;

public sealed class ScopeIndexTests
{
    private static readonly Gen<string> Text = Gen.OneOf("a", "b", "/", "*", "é", "😀").Array[0, 4].Select(string.Concat);

    private static readonly Gen<Scope> AnyScope = Gen.Select(
        Gen.Frequency((6, Text), (2, Text.Select(text => text + "/*")), (1, Gen.Const("*"))).Array[0, 4], Text.Array[0, 2],
        (patterns, prefixes) => new Scope(patterns, prefixes));

    [Fact]
    public void It_finds_those_whose_scope_includes_the_id_each_once() => Gen.Select(Gen.Select(AnyScope, Gen.Bool).Array[0, 12], Text.Array[1, 10]).Sample(
        (subscribers, ids) =>
        {
            var index = new ScopeIndex<object>();
            var known = subscribers.Select(subscriber => (Name: new object(), Scope: subscriber.Item1, Leaves: subscriber.Item2)).ToList();
            known.ForEach(subscriber => index.Add(subscriber.Name, subscriber.Scope));
            AssertFound(index, known.Select(subscriber => (subscriber.Name, subscriber.Scope)), ids);

            foreach (var leaving in known.Where(subscriber => subscriber.Leaves))
            {
                index.Remove(leaving.Name, leaving.Scope);
                index.Remove(leaving.Name, leaving.Scope); // the second time there is nothing to remove
            }

            AssertFound(index, known.Where(subscriber => !subscriber.Leaves).Select(subscriber => (subscriber.Name, subscriber.Scope)), ids);

            known.ForEach(subscriber => index.Remove(subscriber.Name, subscriber.Scope));
            AssertFound(index, [], ids);
        });

    private static void AssertFound(ScopeIndex<object> index, IEnumerable<(object Name, Scope Scope)> subscribers, string[] ids)
    {
        foreach (var id in ids)
        {
            var found = new List<object>();
            index.Find(id, found);
            var expected = subscribers.Where(subscriber => subscriber.Scope.Includes(id)).Select(subscriber => subscriber.Name).ToHashSet();
            Assert.Equal(expected.Count, found.Count);
            Assert.True(expected.SetEquals(found));
        }
    }
}
