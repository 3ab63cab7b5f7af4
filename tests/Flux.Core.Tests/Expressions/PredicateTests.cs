using Flux.Core.Expressions;

namespace Flux.Core.Tests.Expressions;

public sealed class PredicateTests
{
    [Theory]
    [InlineData("properties.temp > 30.0 && previous.temp <= 30.0", Verdict.Yes)]
    [InlineData("properties.temp > 30 && previous.temp <= 30", Verdict.Yes)]
    [InlineData("properties.temp > 31u", Verdict.Yes)]
    [InlineData("previous.temp == 30", Verdict.Yes)]
    [InlineData("properties.temp < 30.0", Verdict.No)]
    [InlineData("changed.exists(p, p == 'temp')", Verdict.Yes)]
    [InlineData("changed == ['temp', 'a b']", Verdict.Yes)]
    [InlineData("'mode' in changed", Verdict.No)]
    [InlineData("entity.startsWith('plant/')", Verdict.Yes)]
    [InlineData("properties['a b'] == null && !('a b' in previous)", Verdict.Yes)]
    [InlineData("has(properties.mode) && !has(properties.missing)", Verdict.Yes)]
    [InlineData("properties.list.exists(x, x == 'a') && properties.list[1] == 2", Verdict.Yes)]
    [InlineData("properties.deep.er.still == true && properties.deep['er'].size() == 1", Verdict.Yes)]
    [InlineData("size(properties) == 5 && size(previous) == 4", Verdict.Yes)]
    [InlineData("properties.exists(name, name.startsWith('li') && size(properties[name]) == 3)", Verdict.Yes)]
    [InlineData("deleted", Verdict.No)]
    [InlineData("event.id == 'e-1' && event.stream == 'sensors' && event.source == 'probe' && event.key == 'k' && event.schema == ''", Verdict.Yes)]
    [InlineData("event.position == 17 && event.version == 3", Verdict.Yes)]
    [InlineData("event.timestamp == timestamp('2026-02-25T14:10:27.158Z') && event.recorded - event.timestamp == duration('250us')", Verdict.Yes)]
    [InlineData("event.payload.note.by == 'ada' && 'b' in event.payload.note.tags", Verdict.Yes)]
    [InlineData("properties == previous", Verdict.No)]
    public void It_is_judged_over_the_change(string text, Verdict verdict)
    {
        var change = Changes.Change(
            """{"temp":30.0,"mode":"on","list":["a",2,[]],"deep":{"er":{"still":true}}}""", """{"temp":31.5,"a b":null}""");

        Assert.Equal(verdict, Predicate.Compile(text).Judge(change));
    }

    [Fact]
    public void A_deletion_names_what_was_there_and_leaves_no_properties()
    {
        var change = Changes.Change("""{"temp":30,"mode":"on"}""", """{"__deleted__":true}""");

        Assert.Equal(Verdict.Yes, Predicate.Compile("deleted && 'temp' in changed && 'mode' in changed && size(changed) == 2").Judge(change));
        Assert.Equal(Verdict.Yes, Predicate.Compile("size(properties) == 0 && previous.temp == 30").Judge(change));
    }

    [Theory]
    [InlineData("properties.temp > 30")]
    [InlineData("!(properties.temp > 30)")]
    [InlineData("properties.mode > 30")]
    [InlineData("properties.mode.upper == 1")]
    [InlineData("properties.mode")]
    [InlineData("1 / 0 == 1")]
    public void What_cannot_be_evaluated_does_not_hold(string text) =>
        Assert.Equal(Verdict.No, Predicate.Compile(text).Judge(Changes.Change("{}", """{"mode":"on"}""")));

    [Theory]
    [InlineData("properties.a", true, true)]
    [InlineData("properties.a && entity == 'x'", true, true)]
    [InlineData("previous.a", true, false)]
    [InlineData("properties.a && previous.b", true, false)]
    [InlineData("properties.a && deleted", true, false)]
    [InlineData("properties.a && 'a' in changed", true, false)]
    [InlineData("properties.a && event.id == ''", true, false)]
    [InlineData("entity == 'x'", false, false)]
    [InlineData("changed.exists(properties, properties == 'a')", false, false)]
    [InlineData("deleted", false, false)]
    public void It_says_which_variables_it_needs(string text, bool needsState, bool isOverState)
    {
        var predicate = Predicate.Compile(text);

        Assert.Equal(needsState, predicate.NeedsState);
        Assert.Equal(isOverState, predicate.IsOverState);
    }

    [Fact]
    public void A_predicate_over_a_state_judges_an_entity()
    {
        var warm = Predicate.Compile("properties.temp > 30 && entity.endsWith('boiler')");

        Assert.Equal(Verdict.Yes, warm.Judge(Changes.Entity("""{"temp":31}""")));
        Assert.Equal(Verdict.No, warm.Judge(Changes.Entity("""{"temp":30}""")));
        Assert.Equal(Verdict.No, warm.Judge(Changes.Entity("{}")));
    }

    [Fact]
    public void A_predicate_over_a_change_refuses_to_judge_an_entity() =>
        Assert.Throws<InvalidOperationException>(() => Predicate.Compile("previous.temp > 30").Judge(Changes.Entity("{}")));

    [Theory]
    [InlineData("size(entity)", "1:1: a predicate must be a bool, and this is of type int")]
    [InlineData("entity.startsWith(5)", "1:18: no matching overload for 'startsWith' applied to string.(int)")]
    [InlineData("entity ==\n  'a' && event.topic == 'b'", "2:16: 'flux.Event' has no member 'topic'")]
    [InlineData("temp > 30", "1:1: undeclared name 'temp'")]
    public void What_is_wrong_with_a_text_is_said_with_its_place(string text, string message) =>
        Assert.Equal(message, Assert.Throws<ExpressionException>(() => Predicate.Compile(text)).Message);
}
