using System.Diagnostics;
using CsCheck;
using Flux.Core.Expressions;

namespace Flux.Core.Tests.Expressions;

/// <summary>What no text and no data may do: overflow the stack, take long, throw anything but <see cref="ExpressionException"/>.</summary>
public sealed class HostileTextTests
{
    // Generous: the slowest of these takes some milliseconds on a quiet machine.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    private static readonly Gen<string> Piece = Gen.OneOf(
        Gen.OneOf(
            "properties", "previous", "changed", "entity", "event", "deleted", ".a", ".temp", "['a']", "[0]", "(", ")", "[", "]", "{", "}", ",", ":",
            "?", "!", "-", "+", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||", " in ", "has(", ".all(x, ", ".exists(x, ", ".map(x, ", ".filter(x, ",
            ".exists_one(x, ", ".matches('", "size(", "int(", "string(", "timestamp(", "duration('1s')", "type(", "dyn(", "x", "true", "false", "null", "if", "`a-b`", "\n",
            " ", "//", "\"", "'", "'''", "b'", "r'", "\\", "\\u", "\\x4", "\\U0011FFFF", "0x", "1e999", "9223372036854775808", "18446744073709551615u", "1u", "1.5",
            ".5", "..", ";", "😀", "\ud800", "\0", "=", "&", "|", "@", "$", "'a'", ".startsWith('a')", "math.greatest(1, 2)", "(a+)+$"),
        Gen.String[0, 5],
        Gen.Char.Select(c => c.ToString()));

    [Fact]
    public void Whatever_the_text_either_it_compiles_or_a_place_is_named() =>
        Piece.Array[0, 40].Select(string.Concat).Sample(
            text =>
            {
                try
                {
                    Assert.True(Enum.IsDefined(Predicate.Compile(text).Judge(Changes.Change("""{"a":[1,{"a":"b"}],"temp":1}""", """{"temp":2}"""))));
                }
                catch (ExpressionException e)
                {
                    var lines = text.Split('\n');
                    Assert.InRange(e.Line, 1, lines.Length);
                    Assert.InRange(e.Column, 1, lines[e.Line - 1].Length + 1);
                    Assert.StartsWith($"{e.Line}:{e.Column}: ", e.Message, StringComparison.Ordinal);
                    Assert.InRange(e.Reason.Length, 1, 300);
                    Assert.DoesNotContain(e.Reason, char.IsControl);
                }
            },
            iter: 20_000);

    [Theory]
    [InlineData("{0}")]
    [InlineData("{0}()")]
    [InlineData("properties.a.{0}()")]
    [InlineData("event.{0}")]
    [InlineData("{{1:1}}.{0}")]
    [InlineData("1 {0}")]
    [InlineData("`{0}`")]
    public void A_long_name_is_quoted_in_part(string form)
    {
        var text = string.Format(null, form, new string('i', 1_000));

        var fault = Assert.Throws<ExpressionException>(() => Predicate.Compile(text));

        Assert.InRange(fault.Message.Length, 10, 310);
    }

    [Theory]
    [InlineData("(")]
    [InlineData("[")]
    [InlineData("{1:")]
    [InlineData("size(")]
    [InlineData("properties[")]
    [InlineData("true?true:")]
    [InlineData("[1].map(x,")]
    [InlineData("-(")]
    [InlineData("!")]
    [InlineData("-")]
    [InlineData("1+")]
    [InlineData("1?")]
    [InlineData("a.")]
    [InlineData("a.b(")]
    [InlineData("(1)+(")]
    public void Nested_a_thousand_times_it_is_refused(string opening)
    {
        var started = Stopwatch.GetTimestamp();
        var text = string.Concat(Enumerable.Repeat(opening, 1_000));

        var fault = Assert.Throws<ExpressionException>(() => Predicate.Compile(text + "1"));

        Assert.NotEmpty(fault.Reason);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, Soon);
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("[", "][0]")]
    [InlineData("{1: ", "}[1]")]
    [InlineData("dyn(", ")")]
    [InlineData("true ? true : ", "")]
    [InlineData("[1].all(x, ", ")")]
    [InlineData("!(", ")")]
    public void The_deepest_text_that_is_taken_fits_into_an_ordinary_stack_and_is_refused_on_a_small_one(string opening, string closing)
    {
        var levels = ExpressionLimits.MaxNesting - 1; // the innermost is the parenthesis around the sum
        var inner = $"1 > ({string.Join('+', Enumerable.Repeat("1", ExpressionLimits.MaxDepth - (3 * levels)))})";
        var text = string.Concat(Enumerable.Repeat(opening, levels)) + inner + string.Concat(Enumerable.Repeat(closing, levels));

        Assert.IsType<Verdict>(OnThread(text, stack: 1536 * 1024));
        Assert.True(OnThread(text, stack: 256 * 1024) is Verdict or ExpressionException);
    }

    [Fact]
    public void The_depth_of_brackets_is_said_at_the_bracket_that_is_too_much()
    {
        Assert.Equal(Verdict.Yes, Predicate.Compile($"{new string('(', 64)}true{new string(')', 64)}").Judge(Changes.Change("{}", "{}")));

        var fault = Assert.Throws<ExpressionException>(() => Predicate.Compile($"{new string('(', 1_000)}true{new string(')', 1_000)}"));

        Assert.Equal("1:65: the expression is nested too deeply (more than 64 levels)", fault.Message);
    }

    [Fact]
    public void A_text_of_64_KiB_is_refused_unread() =>
        Assert.Equal(
            "1:1: the expression is longer than 4096 characters",
            Assert.Throws<ExpressionException>(() => Predicate.Compile(new string('(', 65_536))).Message);

    [Theory]
    [InlineData("1 == 1", " && ")]
    [InlineData("entity == 'a'", " || ")]
    public void A_chain_as_long_as_a_text_may_be_is_fine(string part, string link)
    {
        var count = (ExpressionLimits.MaxLength + link.Length) / (part.Length + link.Length);
        var chain = string.Join(link, Enumerable.Repeat(part, count));

        Assert.Equal(part.StartsWith('1') ? Verdict.Yes : Verdict.No, Predicate.Compile(chain).Judge(Changes.Change("{}", "{}")));
    }

    [Theory]
    [InlineData("1", "+", "==1")]
    [InlineData("1", "<", "")]
    [InlineData("'a'", "+", "==''")]
    public void A_chain_that_nests_without_brackets_is_refused_before_it_is_deep(string part, string link, string end)
    {
        var text = string.Join(link, Enumerable.Repeat(part, 900)) + end;

        var fault = Assert.Throws<ExpressionException>(() => Predicate.Compile(text));

        Assert.Contains("nested too deeply", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[[[[[[[[[[[[]]]]]]]]]]]]")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("[x]")]
    public void Many_open_types_are_inferred_soon(string item)
    {
        var started = Stopwatch.GetTimestamp();
        var items = string.Join(',', Enumerable.Repeat(item, (ExpressionLimits.MaxLength - 60) / (item.Length + 1)));

        Predicate.Compile($"[1].map(x, [{items}]) != []");

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, Soon);
    }

    [Theory]
    [InlineData("L.all(a, L.all(b, L.all(c, L.all(d, a + b + c + d >= 0.0))))")]
    [InlineData("L.map(a, L.map(b, L.map(c, L.map(d, [a, b, c, d])))).size() > 0")]
    [InlineData("L.map(a, L.map(b, L.map(c, [a, b, c]))) == L.map(a, L.map(b, L.map(c, [a, b, c])))")]
    [InlineData("properties.text.matches('(a|b)*c(a|b){200}') || true")]
    [InlineData("L.all(a, properties.text.contains('b' + properties.text))")]
    [InlineData("L.all(a, L.all(b, a in L))")]
    [InlineData("size(L.map(a, properties.text + properties.text + properties.text)) > 0")]
    [InlineData("size(L.map(a, L + L + L + L + L + L + L + L)) > 0")]
    [InlineData("L.all(a, size(properties.text) > 1)")]
    [InlineData("L.exists(a, 'x'.matches('x' + string(a)))")]
    [InlineData("properties.big.size() > 1")]
    [InlineData("L.all(a, properties.text == previous.text)")]
    [InlineData("L.all(a, event.timestamp.getHours('Nowhere/' + string(a)) == 1 || true)")]
    [InlineData("L.all(a, int(properties.text) == 1 || true)")]
    [InlineData("L.all(a, properties.text.startsWith(properties.text))")]
    [InlineData("properties.all(name, value, name != '')")]
    [InlineData("properties == previous || properties.big == previous.big")]
    public void An_evaluation_ends_when_its_steps_are_used_up(string text)
    {
        var list = string.Join(',', Enumerable.Range(0, 1_000));
        var state = $$"""{"list":[{{list}}],"text":"{{new string('a', 100_000)}}","big":"{{new string('x', 1_000_000)}}"}""";
        var change = Changes.Change(state, """{"other":1}""");
        var predicate = Predicate.Compile(text.Replace("L", "properties.list", StringComparison.Ordinal));
        var started = Stopwatch.GetTimestamp();

        Assert.Equal(Verdict.TooCostly, predicate.Judge(change));

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, Soon);
    }

    // A stack that overflows would end the test run, and not only this test.
    private static object? OnThread(string text, int stack)
    {
        object? outcome = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    outcome = Predicate.Compile(text).Judge(Changes.Change("{}", "{}"));
                }
                catch (ExpressionException e)
                {
                    outcome = e;
                }
            },
            stack);
        thread.Start();
        thread.Join();
        return outcome;
    }
}
