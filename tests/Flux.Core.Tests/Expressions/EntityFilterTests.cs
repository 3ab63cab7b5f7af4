using System.Text;
using Flux.Core.Entities;
using Flux.Core.Expressions;
using Flux.Core.Log;

namespace Flux.Core.Tests.Expressions;

public sealed class EntityFilterTests
{
    private static readonly ListedEntity Pump = new(
        "plant/pump", Encoding.UTF8.GetBytes("""{"a b":null,"mode":"on","temp":31.5}"""), new Timestamp(1_772_028_627_158_250), Version: 7);

    [Theory]
    [InlineData("properties.temp > 30.0", Verdict.Yes)]
    [InlineData("properties.temp > 32", Verdict.No)]
    [InlineData("entity.startsWith('plant/') && properties.mode in ['on', 'standby']", Verdict.Yes)]
    [InlineData("entity == 'plant/pump'", Verdict.Yes)]
    [InlineData("version == 7", Verdict.Yes)]
    [InlineData("version > 7", Verdict.No)]
    [InlineData("lastUpdated == timestamp('2026-02-25T14:10:27.158250Z')", Verdict.Yes)]
    [InlineData("lastUpdated < timestamp('2026-02-25T14:10:27Z')", Verdict.No)]
    [InlineData("has(properties.mode) && !has(properties.missing) && properties['a b'] == null", Verdict.Yes)]
    [InlineData("properties.missing > 1", Verdict.No)]
    [InlineData("!(properties.missing > 1)", Verdict.No)]
    [InlineData("properties.missing == true || version == 7", Verdict.Yes)]
    [InlineData("properties.mode", Verdict.No)] // no bool
    [InlineData("size(properties) == 3", Verdict.Yes)]
    [InlineData("[1,2,3,4,5,6,7,8,9,0].all(a, [1,2,3,4,5,6,7,8,9,0].all(b, [1,2,3,4,5,6,7,8,9,0].all(c, [1,2,3,4,5,6,7,8,9,0].all(d, a + b + c + d >= version - 7))))", Verdict.TooCostly)]
    public void It_is_judged_over_the_state(string text, Verdict verdict)
    {
        var filter = EntityFilter.Compile(text);

        Assert.Equal(verdict, filter.Judge(Pump));
        Assert.Equal(text, filter.Text);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("properties.temp >", 18)]
    [InlineData("previous.temp > 30", 1)]
    [InlineData("true && deleted", 9)]
    [InlineData("version == 'x'", 9)]
    [InlineData("version", 1)]
    [InlineData("id == 'plant/pump'", 1)]
    public void What_says_nothing_of_a_state_is_refused_with_its_place(string text, int column)
    {
        var e = Assert.Throws<ExpressionException>(() => EntityFilter.Compile(text));

        Assert.Equal((1, column), (e.Line, e.Column));
    }
}
