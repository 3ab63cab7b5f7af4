namespace Flux.Trials.Fuzz;

/// <summary>Makes expressions: most of them of the language, some of them nearly.</summary>
internal static class Expressions
{
    private static readonly string[] Atoms =
    [
        "true", "false", "null", "0", "1", "-1", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "1u", "18446744073709551615u", "1.5", "1e400", "0x1F", "'a'",
        "\"b\"", "b'c'", "r'\\d'", "'''x'''", "'\\u00e9'", "'\\ud800'", "'(a+)+$'", "[]", "[1,2,3]", "{}", "{'a':1}", "{1:2,1:3}", "properties", "properties.a", "properties.n", "properties.temp", "properties['a']",
        "previous", "previous.n", "entity", "changed", "deleted", "event", "event.id", "event.timestamp", "version", "position", "nobody", "x", "int", "type(1)", "timestamp('2026-02-25T20:04:27Z')",
        "timestamp('0000-01-01T00:00:00Z')", "duration('1h')", "duration('9999999999h')", "now",
    ];

    private static readonly string[] Operators = [" + ", " - ", " * ", " / ", " % ", " == ", " != ", " < ", " <= ", " > ", " >= ", " && ", " || ", " in ", ".", ", ", " "];

    private static readonly string[] Functions =
    [
        "size({0})", "int({0})", "uint({0})", "double({0})", "string({0})", "bytes({0})", "bool({0})", "type({0})", "duration({0})", "timestamp({0})", "dyn({0})", "has({0})", "!{0}", "-{0}", "({0})", "[{0}]",
        "{{'k': {0}}}", "{0}[{1}]", "{0}.a", "{0}.contains({1})", "{0}.startsWith({1})", "{0}.endsWith({1})", "{0}.matches({1})", "{0}.size()", "{0}.all(x, {1})", "{0}.exists(x, {1})", "{0}.exists_one(x, {1})",
        "{0}.map(x, {1})", "{0}.filter(x, {1})", "{0}.all(k, v, {1})", "{0} ? {1} : {0}", "{0}.getHours({1})", "{0}.split({1})", "{0}.replace({1}, 'z')", "{0}.substring({1})", "math.greatest({0}, {1})", "cel.bind(y, {0}, {1})",
        "{0}.transformMap(k, v, {1})", "{0}.charAt({1})", "{0}.join({1})", "{0}.indexOf({1})", "math.abs({0})", "optional.of({0})",
    ];

    public static string Make(Dice dice, int levels = 4)
    {
        if (levels == 0 || dice.OneIn(5))
        {
            return dice.Pick(Atoms);
        }

        return dice.Below(3) switch
        {
            0 => Make(dice, levels - 1) + dice.Pick(Operators) + Make(dice, levels - 1),
            1 when dice.OneIn(30) => string.Concat(Enumerable.Repeat(dice.Text("(", "!", "-", "[", "1+", "a.", "x[", "true && ", "true ? 1 : "), 1 + dice.Below(2000))) + "1",
            _ => string.Format(CultureInfo.InvariantCulture, dice.Pick(Functions), Make(dice, levels - 1), Make(dice, levels - 1)),
        };
    }

    /// <summary>One that some changes fulfil, or any.</summary>
    public static string Likely(Dice dice) => dice.OneIn(2)
        ? dice.Text("true", "properties.n > 1", "has(properties.a)", "entity.startsWith('acme/')", "changed.exists(p, p == 'n')", "deleted", "previous.n != properties.n", "properties.text.matches('^(a+)+$')")
        : Make(dice);
}
