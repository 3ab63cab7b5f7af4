using System.Diagnostics;
using Flux.Core.Expressions;

namespace Flux.Core.Tests.Expressions;

public sealed class PatternTests
{
    [Theory]
    [InlineData("ab", "xaby", true)]
    [InlineData("^ab$", "ab\n", false)]
    [InlineData("(?m)^ab$", "x\nab\ny", true)]
    [InlineData("^a.b$", "a\nb", false)]
    [InlineData("(?s)^a.b$", "a\nb", true)]
    [InlineData("^(?s:a.)b.$", "a\nb\n", false)]
    [InlineData("^.$", "😀", true)]
    [InlineData("^[^a]$", "😀", true)]
    [InlineData("^\\W{2}$", "😀é", true)]
    [InlineData("^😀{2}$", "😀😀", true)]
    [InlineData("^\\d+$", "١٢", false)]
    [InlineData("^\\w+\\s\\S$", "a_1 é", true)]
    [InlineData("^[\\d\\-x-z]+$", "1-y", true)]
    [InlineData("^[[:alpha:][:digit:]]+$", "a1", true)]
    [InlineData("^[[:alpha:]]+$", "a:", false)]
    [InlineData("^[a-z-[x]]$", "a]", true)]
    [InlineData("^[]a]+$", "]a", true)]
    [InlineData("^\\pL\\p{Nd}\\P{L}$", "é7!", true)]
    [InlineData("^\\Qa.b\\E.$", "a.bc", true)]
    [InlineData("^\\x41\\x{1F600}\\101$", "A😀A", true)]
    [InlineData("(?P<year>\\d{4})-(?<month>\\d\\d)", "on 2026-02", true)]
    [InlineData("(?i)^straße$", "STRAßE", true)]
    [InlineData("^a(?i)b(?-i)c$", "aBc", true)]
    [InlineData("^(?i:a)b$", "AB", false)]
    [InlineData("a{,2}", "a{,2}", true)]
    [InlineData("^a{2,3}?$", "aaa", true)]
    [InlineData("(|a)*b?", "", true)]
    public void It_means_what_it_means_in_RE2(string pattern, string text, bool matches) =>
        Assert.Equal(CelValue.Of(matches).ToString(), Eval.Of("x.matches(y)", ("x", CelValue.Of(text)), ("y", CelValue.Of(pattern))).ToString());

    [Theory]
    [InlineData("(")]
    [InlineData(")")]
    [InlineData("[a")]
    [InlineData("*a")]
    [InlineData("a**")]
    [InlineData("\\")]
    [InlineData("(a)\\1")]
    [InlineData("a(?=b)")]
    [InlineData("(?<!a)b")]
    [InlineData("(?>a)")]
    [InlineData("(?x)a")]
    [InlineData("\\p{Greek}")]
    [InlineData("[z-a]")]
    [InlineData("[[:none:]]")]
    [InlineData("((a{100}){100}){100}")]
    [InlineData("a{1001}")]
    [InlineData("(a{500}){3}")]
    public void What_is_not_supported_is_refused_at_its_place(string pattern)
    {
        var fault = Assert.Throws<ExpressionException>(() => Predicate.Compile($"entity.matches(r'{pattern}')"));

        Assert.StartsWith("1:16: the pattern is ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pattern_that_is_only_known_later_is_an_error_of_the_evaluation_when_it_is_none() =>
        Assert.True(Eval.Of("x.matches(x + '(')", ("x", CelValue.Of("a"))).IsError);

    [Fact]
    public void A_pattern_that_makes_other_engines_backtrack_for_ever_is_matched_in_no_time()
    {
        var text = CelValue.Of(new string('a', 20_000) + "!");
        var started = Stopwatch.GetTimestamp();

        Assert.True(Eval.Of("x.matches('(a+)+$')", ("x", text)).IsFalse);
        Assert.True(Eval.Of("x.matches('^(a|aa|a?)*$')", ("x", text)).IsFalse);

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData("(a|b)*c(a|b){20}d", 30_000)]
    [InlineData("(x?){30}x{30}", 10_000)]
    [InlineData("(.*)(.*)(.*)(.*)(.*)(.*)z$", 40_000)]
    [InlineData("([a-c]|[b-d]|[^d])*(a|b|c){100}e", 4_000)]
    public void The_most_that_the_steps_allow_of_a_hard_pattern_is_matched_soon(string pattern, int length)
    {
        var random = new Random(1);
        var text = CelValue.Of(string.Concat(Enumerable.Range(0, length).Select(_ => "abcx"[random.Next(4)])));
        var started = Stopwatch.GetTimestamp();

        Assert.False(Eval.Of($"x.matches('{pattern}')", ("x", text)).IsTrue);

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(5));
        TestContext.Current.TestOutputHelper?.WriteLine($"{Stopwatch.GetElapsedTime(started).TotalMilliseconds} ms");
    }

    [Fact]
    public void A_pattern_beyond_the_limit_is_refused()
    {
        var fault = Assert.Throws<ExpressionException>(() => Predicate.Compile($"entity.matches('{new string('a', 513)}')"));

        Assert.Equal("1:16: the pattern is longer than 512 characters", fault.Message);
    }
}
