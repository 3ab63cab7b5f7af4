using Flux.Core.Expressions.Evaluation;
using Flux.Core.Expressions.Syntax;

namespace Flux.Core.Expressions.Functions;

/// <summary>All functions and operators, by name and number of values.</summary>
internal static class FunctionTable
{
    private const long Hour = 3600 * CelTime.NanosecondsPerSecond;
    private const long Minute = 60 * CelTime.NanosecondsPerSecond;

    private static readonly Dictionary<(string Name, int Count), FunctionDefinition> Functions = Make();
    private static readonly HashSet<string> Names = [.. Functions.Keys.Select(key => key.Name)];

    /// <summary>Says whether there is a function of this name, for whatever number of values.</summary>
    public static bool Knows(string name) => Names.Contains(name);

    public static FunctionDefinition? Find(string name, int count) => Functions.GetValueOrDefault((name, count));

    private static Dictionary<(string Name, int Count), FunctionDefinition> Make()
    {
        var functions = new Dictionary<(string Name, int Count), FunctionDefinition>();
        AddOperators(functions);
        AddConversions(functions);
        AddTexts(functions);
        AddTimes(functions);
        Extensions.Add(functions);
        return functions;
    }

    private static void AddOperators(Dictionary<(string Name, int Count), FunctionDefinition> functions)
    {
        functions.Add((Operators.Equal, 2), new(arguments => new EqualNode(arguments[0], arguments[1], isEqual: true), "(A, A) -> bool"));
        functions.Add((Operators.NotEqual, 2), new(arguments => new EqualNode(arguments[0], arguments[1], isEqual: false), "(A, A) -> bool"));
        foreach (var comparison in new[] { Operators.Less, Operators.LessOrEqual, Operators.Greater, Operators.GreaterOrEqual })
        {
            functions.Add((comparison, 2), new(
                arguments => new CompareNode(arguments[0], arguments[1], comparison),
                "(bool, bool) -> bool", "(int, int) -> bool", "(int, double) -> bool", "(int, uint) -> bool", "(uint, uint) -> bool",
                "(uint, double) -> bool", "(uint, int) -> bool", "(double, double) -> bool", "(double, int) -> bool", "(double, uint) -> bool", "(string, string) -> bool",
                "(bytes, bytes) -> bool", "(timestamp, timestamp) -> bool", "(duration, duration) -> bool"));
        }

        functions.Add((Operators.In, 2), new(
            arguments => new InNode(arguments[0], arguments[1]), "(A, list(A)) -> bool", "(A, map(A, B)) -> bool"));
        functions.Add((Operators.Index, 2), new(
            arguments => new IndexNode(arguments[0], arguments[1]), "(list(A), int) -> A", "(map(A, B), A) -> B"));
        functions.Add((Operators.Conditional, 3), new(
            arguments => new ConditionalNode(arguments[0], arguments[1], arguments[2]), "(bool, A, A) -> A"));
        functions.Add((Operators.Not, 1), new(Arithmetic.Not, "(bool) -> bool"));
        functions.Add((Operators.Negate, 1), new(Arithmetic.Negate, "(int) -> int", "(double) -> double", "(duration) -> duration"));
        functions.Add((Operators.Add, 2), new(
            Arithmetic.Add,
            "(int, int) -> int", "(uint, uint) -> uint", "(double, double) -> double", "(string, string) -> string", "(bytes, bytes) -> bytes",
            "(list(A), list(A)) -> list(A)", "(timestamp, duration) -> timestamp", "(duration, timestamp) -> timestamp",
            "(duration, duration) -> duration"));
        functions.Add((Operators.Subtract, 2), new(
            Arithmetic.Subtract,
            "(int, int) -> int", "(uint, uint) -> uint", "(double, double) -> double", "(timestamp, timestamp) -> duration",
            "(timestamp, duration) -> timestamp", "(duration, duration) -> duration"));
        functions.Add((Operators.Multiply, 2), new(Arithmetic.Multiply, "(int, int) -> int", "(uint, uint) -> uint", "(double, double) -> double"));
        functions.Add((Operators.Divide, 2), new(Arithmetic.Divide, "(int, int) -> int", "(uint, uint) -> uint", "(double, double) -> double"));
        functions.Add((Operators.Modulo, 2), new(Arithmetic.Modulo, "(int, int) -> int", "(uint, uint) -> uint"));
    }

    private static void AddConversions(Dictionary<(string Name, int Count), FunctionDefinition> functions)
    {
        functions.Add(("int", 1), new(
            Conversions.ToInt,
            "(int) -> int", "(uint) -> int", "(double) -> int", "(string) -> int", "(timestamp) -> int", "(duration) -> int"));
        functions.Add(("uint", 1), new(Conversions.ToUint, "(uint) -> uint", "(int) -> uint", "(double) -> uint", "(string) -> uint"));
        functions.Add(("double", 1), new(Conversions.ToDouble, "(double) -> double", "(int) -> double", "(uint) -> double", "(string) -> double"));
        functions.Add(("bool", 1), new(Conversions.ToBool, "(bool) -> bool", "(string) -> bool"));
        functions.Add(("string", 1), new(
            Conversions.ToText,
            "(string) -> string", "(bool) -> string", "(int) -> string", "(uint) -> string", "(double) -> string", "(bytes) -> string",
            "(timestamp) -> string", "(duration) -> string"));
        functions.Add(("bytes", 1), new(Conversions.ToBytes, "(bytes) -> bytes", "(string) -> bytes"));
        functions.Add(("timestamp", 1), new(Conversions.ToTimestamp, "(timestamp) -> timestamp", "(string) -> timestamp", "(int) -> timestamp"));
        functions.Add(("duration", 1), new(Conversions.ToDuration, "(duration) -> duration", "(string) -> duration", "(int) -> duration"));
        functions.Add(("type", 1), new(Conversions.ToType, "(A) -> type(A)"));
        functions.Add(("dyn", 1), new(Conversions.ToDyn, "(A) -> dyn"));
    }

    private static void AddTexts(Dictionary<(string Name, int Count), FunctionDefinition> functions)
    {
        functions.Add(("size", 1), new(
            Texts.Size,
            "(string) -> int", "(bytes) -> int", "(list(A)) -> int", "(map(A, B)) -> int",
            "string.() -> int", "bytes.() -> int", "list(A).() -> int", "map(A, B).() -> int"));
        functions.Add(("contains", 2), new(Texts.Contains, "string.(string) -> bool"));
        functions.Add(("startsWith", 2), new(Texts.StartsWith, "string.(string) -> bool"));
        functions.Add(("endsWith", 2), new(Texts.EndsWith, "string.(string) -> bool"));
        functions.Add(("matches", 2), new(Texts.Matches, "string.(string) -> bool", "(string, string) -> bool"));
    }

    private static void AddTimes(Dictionary<(string Name, int Count), FunctionDefinition> functions)
    {
        Add("getFullYear", time => time.Year);
        Add("getMonth", time => time.Month - 1);
        Add("getDayOfYear", time => time.DayOfYear - 1);
        Add("getDayOfMonth", time => time.Day - 1);
        Add("getDate", time => time.Day);
        Add("getDayOfWeek", time => (long)time.DayOfWeek);
        Add("getHours", time => time.Hour, Hour);
        Add("getMinutes", time => time.Minute, Minute);
        Add("getSeconds", time => time.Second, CelTime.NanosecondsPerSecond);
        functions.Add(("getMilliseconds", 1), new(Times.Milliseconds, "timestamp.() -> int", "duration.() -> int"));
        functions.Add(("getMilliseconds", 2), new(Times.LocalMilliseconds, "timestamp.(string) -> int"));

        void Add(string name, Func<DateTime, long> part, long durationUnit = 0)
        {
            string[] signatures = durationUnit > 0 ? ["timestamp.() -> int", "duration.() -> int"] : ["timestamp.() -> int"];
            functions.Add((name, 1), new(Times.Part(part, durationUnit), signatures));
            functions.Add((name, 2), new(Times.LocalPart(part), "timestamp.(string) -> int"));
        }
    }
}
