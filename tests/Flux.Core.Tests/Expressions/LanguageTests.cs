using CsCheck;
using Flux.Core.Expressions;

namespace Flux.Core.Tests.Expressions;

/// <summary>The language in short; the whole of it is what the public conformance data tests.</summary>
public sealed class LanguageTests
{
    [Theory]
    [InlineData("1 + 2 * 3 - 4", "3")]
    [InlineData("(1 + 2) * 3 % 4", "1")]
    [InlineData("-2 - -3", "1")]
    [InlineData("--2", "2")]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    [InlineData("0x1F + 0Xf", "46")]
    [InlineData("18446744073709551615u", "18446744073709551615u")]
    [InlineData("1.5e3 + .5", "1500.5")]
    [InlineData("1 < 2 && 2 < 3 || false", "true")]
    [InlineData("true || false && false", "true")]
    [InlineData("!true || !!true", "true")]
    [InlineData("true ? 1 : false ? 2 : 3", "1")]
    [InlineData("1 + 1 == 2 ? 'a' + 'b' : ''", "\"ab\"")]
    [InlineData("'a\\tb\\x41\\u00e9\\U0001F600\\101' + r'\\n' + \"\"\"x\n'y'\"\"\"", "\"a\tbA\u00e9😀A\\nx\n'y'\"")]
    [InlineData("b'\\xff\\101é'", "b\"FF41C3A9\"")]
    [InlineData("size('é😀') + size(b'é😀')", "8")]
    [InlineData("[1, 2,] + [3] // a comment", "[1, 2, 3]")]
    [InlineData("{'a': 1, 'b': {true: 2u},}.b[true]", "2u")]
    [InlineData("[[1, 2], [3]][0][1]", "2")]
    [InlineData("{'a-b': 1}.`a-b`", "1")]
    [InlineData("2 in [1, 2] && !(3 in {1: 1}) && dyn(1.0) in {1: 'x'}", "true")]
    [InlineData("dyn(1) == 1u && dyn(1u) == 1.0 && 1 < 1.5 && 2u > 1", "true")]
    [InlineData("has({'a': 1}.a) && !has({'a': 1}.b)", "true")]
    [InlineData("[1, 2, 3].map(x, x * 2).filter(x, x > 2)", "[4, 6]")]
    [InlineData("[1, 2, 3].map(x, x > 1, x * 2)", "[4, 6]")]
    [InlineData("[1, 2].all(x, [3].exists(y, y > x)) && [1, 2].exists_one(x, x == 1)", "true")]
    [InlineData("{'a': 1, 'b': 2}.all(k, k < 'c')", "true")]
    [InlineData("[1].map(x, [2].map(x, x)) == [[2]]", "true")]
    [InlineData("[0, 1].exists(x, 1 / x == 1) && !([0, 1].all(x, 1 / x == 2))", "true")]
    [InlineData("1 / 0 == 1 || true", "true")]
    [InlineData("!(false && 1 / 0 == 1)", "true")]
    [InlineData("type(1) == int && type(type(1)) == type && type(null) == null_type", "true")]
    [InlineData("int('42') + int(1.9) + int(3u) + int(timestamp(5))", "51")]
    [InlineData("string(1.5) + string(true) + string(b'x') + string(duration('90m'))", "\"1.5truex5400s\"")]
    [InlineData("timestamp('2026-01-31T23:30:00Z') + duration('1h') - timestamp('2026-02-01T00:00:00Z')", "1800s")]
    [InlineData("timestamp('2026-01-31T23:30:00.000000001+01:00')", "2026-01-31T22:30:00.000000001Z")]
    [InlineData("timestamp('2026-01-31T23:30:00Z').getHours('+01:30')", "1")]
    [InlineData("timestamp('2026-07-01T00:00:00Z').getHours('Europe/Berlin')", "2")]
    [InlineData("timestamp('2026-02-01T00:00:00Z').getMonth() + timestamp('2026-02-01T00:00:00Z').getDayOfWeek()", "1")]
    [InlineData("duration('1.5s').getMilliseconds() + duration('1h1m').getMinutes()", "561")]
    [InlineData("'abc'.contains('b') && 'abc'.startsWith('ab') && 'abc'.endsWith('c') && 'abc'.matches('^a.c$')", "true")]
    [InlineData("'\uFFFD' < '😀'", "true")]
    [InlineData("[] == [] && {} == {} && [[]] != [[1]]", "true")]
    [InlineData("double('NaN') == double('NaN') || double('NaN') < 1.0", "false")]
    [InlineData("[7, 8].exists(i, v, i == 1 && v == 8) && {'a': 1}.all(k, v, k == 'a' && v == 1)", "true")]
    [InlineData("[7, 8].transformList(i, v, i > 0, v + i)", "[9]")]
    [InlineData("{'a': 1, 'b': 2}.transformMap(k, v, v > 1, v * 2)", "{\"b\": 4}")]
    [InlineData("cel.bind(x, 2, x * x + cel.bind(y, x, y))", "6")]
    [InlineData("math.greatest(1, 2.5, 2u)", "2.5")]
    [InlineData("math.least([3, 1, 2]) + math.abs(-4) + math.sign(-9)", "4")]
    [InlineData("math.round(2.5) + math.ceil(0.5) + math.floor(0.5) + math.trunc(-1.9)", "3")]
    [InlineData("math.bitAnd(6, 3) + math.bitOr(6, 3) + math.bitXor(6, 3) + math.bitShiftLeft(1, 4) + math.bitShiftRight(16, 2)", "34")]
    [InlineData("'a😀b'.charAt(1) + 'a😀b'.substring(2) + string('a😀b'.indexOf('b')) + string('abab'.lastIndexOf('ab'))", "\"😀b22\"")]
    [InlineData("'a-b-c'.split('-').join('+') + 'a-b-c'.replace('-', '', 1) + ' x '.trim() + 'éA'.lowerAscii() + 'éa'.upperAscii()", "\"a+b+cab-cxéaéA\"")]
    [InlineData("'a😀'.split('') == ['a', '😀'] && 'ab'.replace('', '.') == '.a.b.' && 'a,b,c'.split(',', 2) == ['a', 'b,c']", "true")]
    [InlineData("strings.quote('a\"\\n') + base64.encode(b'hello') + string(base64.decode('aGk'))", "\"\"a\\\"\\n\"aGVsbG8=hi\"")]
    public void A_text_has_a_value(string text, string value) => Assert.Equal(value, Eval.Of(text).ToString());

    [Theory]
    [InlineData("9223372036854775807 + 1")]
    [InlineData("-9223372036854775807 - 2")]
    [InlineData("9223372036854775807 * 2")]
    [InlineData("-(-9223372036854775807 - 1)")]
    [InlineData("(-9223372036854775807 - 1) / -1")]
    [InlineData("(-9223372036854775807 - 1) % -1")]
    [InlineData("0u - 1u")]
    [InlineData("18446744073709551615u + 1u")]
    [InlineData("18446744073709551615u * 2u")]
    [InlineData("1 / 0")]
    [InlineData("1 % 0")]
    [InlineData("1u / 0u")]
    [InlineData("int(1e19)")]
    [InlineData("uint(-1)")]
    [InlineData("int('x')")]
    [InlineData("[1][1]")]
    [InlineData("[1][-1]")]
    [InlineData("{'a': 1}.b")]
    [InlineData("{'a': 1, 'a': 2}")]
    [InlineData("{dyn(1.5): 1}")]
    [InlineData("dyn(1) + dyn('a')")]
    [InlineData("dyn(1) + dyn(1.0)")]
    [InlineData("dyn(null) < 1")]
    [InlineData("dyn(1) && true")]
    [InlineData("dyn(1) ? 1 : 2")]
    [InlineData("timestamp('2026-13-01T00:00:00Z')")]
    [InlineData("timestamp('9999-12-31T23:59:59Z') + duration('1s')")]
    [InlineData("duration('1x')")]
    [InlineData("duration('9223372037s')")]
    [InlineData("timestamp(0).getHours('Nowhere/None')")]
    [InlineData("timestamp(0).getHours('/dev/zero')")]
    [InlineData("timestamp(0).getHours('Europe/../../passwd')")]
    [InlineData("string(b'\\xff')")]
    [InlineData("[1, 0].map(x, 1 / x)")]
    [InlineData("[1, 0].exists_one(x, 1 / x == 1)")]
    [InlineData("1 / 0 == 1 || false")]
    [InlineData("'abc'.charAt(4)")]
    [InlineData("'abc'.substring(2, 1)")]
    [InlineData("'abc'.indexOf('a', 4)")]
    [InlineData("math.greatest([])")]
    [InlineData("math.greatest(1, 'a')")]
    [InlineData("math.abs(-9223372036854775808)")]
    [InlineData("math.bitShiftLeft(1, -1)")]
    [InlineData("base64.decode('*')")]
    public void What_has_no_value_is_an_error(string text)
    {
        var value = Eval.Of(text);

        Assert.True(value.IsError, $"gave {value}");
        Assert.False(value.Error.IsTooCostly);
    }

    [Theory]
    [InlineData("", "1:1: unexpected end of input, expected expression")]
    [InlineData("1 +", "1:4: unexpected end of input, expected expression")]
    [InlineData("(1", "1:3: unexpected end of input, expected `)`")]
    [InlineData("[1, 2", "1:6: unexpected end of input, expected `,` or `]`")]
    [InlineData("1 1", "1:3: unexpected int `1`")]
    [InlineData("a ==\n=b", "2:1: '=' is no operator; equality is '=='")]
    [InlineData("a == 'x", "1:6: the string does not end in its line")]
    [InlineData("'a\\qb'", "1:3: there is no such escape")]
    [InlineData("'\\ud800'", "1:2: there is no such character")]
    [InlineData("1abc", "1:2: a number must not run into a name")]
    [InlineData("9223372036854775808", "1:1: the number is beyond the range of int")]
    [InlineData("if == 1", "1:1: 'if' is a reserved word")]
    [InlineData("M{a: 1}", "1:2: protobuf messages are not supported; a map is written {\"key\": value}")]
    [InlineData("has(1)", "1:4: has() takes one field selection, such as has(properties.temp)")]
    [InlineData("[1].all(x + 1, true)", "1:11: this must be a simple name: the variable that takes each item")]
    [InlineData("[1].all(x, x)", "1:12: the condition of a macro must be a bool, not int")]
    [InlineData("1.all(x, true)", "1:1: a macro goes through a list or a map, not through int")]
    [InlineData("'a'.all(x, true)", "1:1: a macro goes through a list or a map, not through string")]
    [InlineData("true && 1", "1:6: no matching overload for '&&' applied to (bool, int)")]
    [InlineData("1 + 'a'", "1:3: no matching overload for '+' applied to (int, string)")]
    [InlineData("1 == 1.0", "1:3: no matching overload for '==' applied to (int, double)")]
    [InlineData("[1] == ['a']", "1:5: no matching overload for '==' applied to (list(int), list(string))")]
    [InlineData("true ? 1 : 'a'", "1:6: no matching overload for '? :' applied to (bool, int, string)")]
    [InlineData("nothing('a')", "1:8: undeclared function 'nothing'")]
    [InlineData("size('a', 'b')", "1:5: no matching overload for 'size' applied to (string, string)")]
    [InlineData("contains('a', 'b')", "1:9: no matching overload for 'contains' applied to (string, string)")]
    [InlineData("'a'.b", "1:5: a value of type string has no members")]
    [InlineData("{1: 2}.a", "1:8: the keys of map(int, int) are no strings, so '.a' selects nothing")]
    [InlineData("{1.5: 2}", "1:2: a key of a map must be a bool, int, uint or string, not double")]
    [InlineData("[1].map(x, x) + [y]", "1:18: undeclared name 'y'")]
    public void A_wrong_text_is_told_what_is_wrong_and_where(string text, string message) =>
        Assert.Equal(message, Assert.Throws<ExpressionException>(() => Expression.Compile(text, VariableSet.Empty)).Message);

    [Theory]
    [InlineData("[1, 2]", "list(int)")]
    [InlineData("[1, 'a']", "list(dyn)")]
    [InlineData("[]", "list(dyn)")]
    [InlineData("[[], [1]]", "list(list(int))")]
    [InlineData("{'a': [1.0]}", "map(string, list(double))")]
    [InlineData("[1].map(x, string(x))", "list(string)")]
    [InlineData("true ? [] : ['a']", "list(string)")]
    [InlineData("dyn(1) + 1", "int")]
    [InlineData("type(1)", "type(int)")]
    public void The_type_of_a_text_is_known_before_it_is_evaluated(string text, string type) =>
        Assert.Equal(type, Expression.Compile(text, VariableSet.Empty).Type.ToString());

    [Fact]
    public void Numbers_compare_as_numbers_whatever_their_types() =>
        Gen.Select(Gen.Int[-1_000, 1_000], Gen.Int[-1_000, 1_000], Gen.Int[0, 2], Gen.Int[0, 2]).Sample(
            (left, right, leftType, rightType) =>
            {
                var values = new (string Name, CelValue Value)[] { ("l", Number(left, leftType)), ("r", Number(right, rightType)) };
                var (l, r) = (leftType == 1 ? Math.Abs(left) : left, rightType == 1 ? Math.Abs(right) : right);

                Assert.Equal(l < r, Eval.Of("l < r", values).IsTrue);
                Assert.Equal(l <= r, Eval.Of("l <= r", values).IsTrue);
                Assert.Equal(l == r, Eval.Of("l == r", values).IsTrue);
                Assert.Equal(l == r, Eval.Of("l in {int(r): 0}", values).IsTrue);
            });

    private static CelValue Number(int value, int type) => type switch
    {
        0 => CelValue.Of((long)value),
        1 => CelValue.Of((ulong)Math.Abs(value)),
        _ => CelValue.Of((double)value),
    };
}
