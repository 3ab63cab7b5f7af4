using System.Globalization;

namespace Flux.Core.Expressions.Functions;

/// <summary>The functions of the language's usual extensions: <c>math</c>, <c>strings</c>, <c>base64</c>.</summary>
internal static class Extensions
{
    /// <summary>How many numbers <c>math.greatest</c> and <c>math.least</c> take; more go in a list.</summary>
    private const int MostNumbers = 8;

    public static void Add(Dictionary<(string Name, int Count), FunctionDefinition> functions)
    {
        AddNumbers(functions);
        AddTexts(functions);
        functions.Add(("base64.encode", 1), new(MoreTexts.Encode, "(bytes) -> string"));
        functions.Add(("base64.decode", 1), new(MoreTexts.Decode, "(string) -> bytes"));
    }

    private static void AddNumbers(Dictionary<(string Name, int Count), FunctionDefinition> functions)
    {
        foreach (var (name, sign) in new[] { ("math.greatest", 1), ("math.least", -1) })
        {
            functions.Add((name, 1), new(
                Numbers.Extreme(sign),
                "(int) -> int", "(uint) -> uint", "(double) -> double", "(list(int)) -> int", "(list(uint)) -> uint", "(list(double)) -> double"));
            for (var count = 2; count <= MostNumbers; count++)
            {
                var any = string.Join(", ", Enumerable.Repeat("dyn", count));
                functions.Add((name, count), new(Numbers.Extreme(sign), string.Create(CultureInfo.InvariantCulture, $"({any}) -> dyn")));
            }
        }

        functions.Add(("math.ceil", 1), new(Numbers.OfDouble(Math.Ceiling), "(double) -> double"));
        functions.Add(("math.floor", 1), new(Numbers.OfDouble(Math.Floor), "(double) -> double"));
        functions.Add(("math.round", 1), new(Numbers.OfDouble(number => Math.Round(number, MidpointRounding.AwayFromZero)), "(double) -> double"));
        functions.Add(("math.trunc", 1), new(Numbers.OfDouble(Math.Truncate), "(double) -> double"));
        functions.Add(("math.abs", 1), new(Numbers.Abs, "(int) -> int", "(uint) -> uint", "(double) -> double"));
        functions.Add(("math.sign", 1), new(Numbers.Sign, "(int) -> int", "(uint) -> uint", "(double) -> double"));
        functions.Add(("math.isNaN", 1), new(Numbers.Test(double.IsNaN), "(double) -> bool"));
        functions.Add(("math.isInf", 1), new(Numbers.Test(double.IsInfinity), "(double) -> bool"));
        functions.Add(("math.isFinite", 1), new(Numbers.Test(double.IsFinite), "(double) -> bool"));
        functions.Add(("math.bitAnd", 2), new(Numbers.Bits((left, right) => left & right), "(int, int) -> int", "(uint, uint) -> uint"));
        functions.Add(("math.bitOr", 2), new(Numbers.Bits((left, right) => left | right), "(int, int) -> int", "(uint, uint) -> uint"));
        functions.Add(("math.bitXor", 2), new(Numbers.Bits((left, right) => left ^ right), "(int, int) -> int", "(uint, uint) -> uint"));
        functions.Add(("math.bitNot", 1), new(Numbers.BitNot, "(int) -> int", "(uint) -> uint"));
        functions.Add(("math.bitShiftLeft", 2), new(Numbers.Shift((value, count) => value << count), "(int, int) -> int", "(uint, int) -> uint"));
        functions.Add(("math.bitShiftRight", 2), new(Numbers.Shift((value, count) => value >> count), "(int, int) -> int", "(uint, int) -> uint"));
    }

    private static void AddTexts(Dictionary<(string Name, int Count), FunctionDefinition> functions)
    {
        functions.Add(("charAt", 2), new(MoreTexts.CharAt, "string.(int) -> string"));
        functions.Add(("indexOf", 2), new(MoreTexts.IndexOf, "string.(string) -> int"));
        functions.Add(("indexOf", 3), new(MoreTexts.IndexOf, "string.(string, int) -> int"));
        functions.Add(("lastIndexOf", 2), new(MoreTexts.LastIndexOf, "string.(string) -> int"));
        functions.Add(("lastIndexOf", 3), new(MoreTexts.LastIndexOf, "string.(string, int) -> int"));
        functions.Add(("substring", 2), new(MoreTexts.Substring, "string.(int) -> string"));
        functions.Add(("substring", 3), new(MoreTexts.Substring, "string.(int, int) -> string"));
        functions.Add(("replace", 3), new(MoreTexts.Replace, "string.(string, string) -> string"));
        functions.Add(("replace", 4), new(MoreTexts.Replace, "string.(string, string, int) -> string"));
        functions.Add(("split", 2), new(MoreTexts.Split, "string.(string) -> list(string)"));
        functions.Add(("split", 3), new(MoreTexts.Split, "string.(string, int) -> list(string)"));
        functions.Add(("join", 1), new(MoreTexts.Join, "list(string).() -> string"));
        functions.Add(("join", 2), new(MoreTexts.Join, "list(string).(string) -> string"));
        functions.Add(("trim", 1), new(MoreTexts.Map(text => text.Trim()), "string.() -> string"));
        functions.Add(("lowerAscii", 1), new(MoreTexts.Map(MoreTexts.LowerAscii), "string.() -> string"));
        functions.Add(("upperAscii", 1), new(MoreTexts.Map(MoreTexts.UpperAscii), "string.() -> string"));
        functions.Add(("strings.quote", 1), new(MoreTexts.Map(MoreTexts.Quote), "(string) -> string"));
    }
}
