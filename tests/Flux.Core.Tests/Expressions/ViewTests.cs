using Flux.Core.Expressions;

namespace Flux.Core.Tests.Expressions;

public sealed class ViewTests
{
    [Fact]
    public void A_property_is_decoded_once_however_many_there_are()
    {
        var properties = ((IVariableSource)Entity(count: 50)).GetVariable(1).Map;

        var first = Enumerable.Range(0, 50).Select(i => Text(properties, $"p{i}")).ToArray();

        Assert.Equal("text 7", first[7]);
        Assert.All(Enumerable.Range(0, 50), i => Assert.Same(first[i], Text(properties, $"p{i}")));
    }

    [Fact]
    public void Threads_may_share_a_view_and_its_predicates()
    {
        var entity = Entity(count: 50);
        var predicates = Enumerable.Range(0, 50)
            .Select(i => Predicate.Compile($"properties.p{i} == 'text {i}' && properties.p{49 - i} != 'text {i}'"))
            .ToArray();

        Parallel.For(0, 2_000, i => Assert.Equal(Verdict.Yes, predicates[i % 50].Judge(entity)));
    }

    [Theory]
    [InlineData("properties.temp > 30.0 && previous.temp <= 30.0")]
    [InlineData("properties.mode == 'on' && entity.startsWith('plant/')")]
    [InlineData("!deleted && event.version > 2 && properties['temp'] in [31.5, 32.5]")]
    public void An_ordinary_predicate_allocates_nothing(string text)
    {
        var predicate = Predicate.Compile(text);
        var change = Changes.Change("""{"temp":30.0,"mode":"on"}""", """{"temp":31.5}""");
        Assert.Equal(Verdict.Yes, predicate.Judge(change));

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            predicate.Judge(change);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void JSON_is_read_as_it_was_written()
    {
        var change = Changes.Change("{}", """{"a":"é\n\u0041😀","b":-1e3,"c":[1,[null,true]],"d":{"x":1,"x":{"y":[]}}}""");

        Assert.Equal(Verdict.Yes, Predicate.Compile("properties.a == 'é\\nA😀' && properties.b == -1000").Judge(change));
        Assert.Equal(Verdict.Yes, Predicate.Compile("properties.c == [1, [null, true]] && properties.d == {'x': {'y': []}}").Judge(change));
    }

    private static EntityView Entity(int count) =>
        Changes.Entity($"{{{string.Join(',', Enumerable.Range(0, count).Select(i => $"\"p{i}\":\"text {i}\""))}}}");

    private static string Text(CelMap map, string name)
    {
        Assert.True(map.TryGet(name, out var value));
        return value.String;
    }
}
