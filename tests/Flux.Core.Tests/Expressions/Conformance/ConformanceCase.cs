using System.Text.Json;
using Flux.Core.Expressions;

namespace Flux.Core.Tests.Expressions.Conformance;

/// <summary>One test of the conformance data.</summary>
/// <param name="Name">File, section and name.</param>
/// <param name="Test">What it says.</param>
internal sealed record ConformanceCase(string Name, JsonElement Test)
{
    /// <summary>Lists all tests of the data. Of tests with one name the second is called <c>name#2</c>.</summary>
    public static IEnumerable<ConformanceCase> All(JsonElement root) => Within(root, path: "")
        .GroupBy(test => test.Name, StringComparer.Ordinal)
        .SelectMany(same => same.Select((test, i) => i == 0 ? test : test with { Name = $"{test.Name}#{i + 1}" }));

    /// <summary>Runs the test.</summary>
    /// <returns>Null when it passes, else what went wrong.</returns>
    public string? Run()
    {
        try
        {
            return Judge();
        }
        catch (ExpressionException e)
        {
            return e.Message;
        }
        catch (NotSupportedException e)
        {
            return e.Message;
        }
    }

    private static IEnumerable<ConformanceCase> Within(JsonElement suite, string path)
    {
        var tests = suite.TryGetProperty("tests", out var own) ? own.EnumerateArray().ToArray() : [];
        foreach (var test in tests)
        {
            var original = test.GetProperty("original");
            yield return new ConformanceCase($"{path}/{original.GetProperty("name").GetString()}", original);
        }

        var parts = suite.TryGetProperty("suites", out var suites) ? suites.EnumerateArray().ToArray() : [];
        foreach (var part in parts)
        {
            var name = part.GetProperty("name").GetString()!;
            foreach (var test in Within(part, path.Length == 0 ? name : $"{path}/{name}"))
            {
                yield return test;
            }
        }
    }

    private static string? Compare(in CelValue wanted, in CelValue actual) =>
        ConformanceValues.AreSame(wanted, actual) ? null : $"gave {actual} ({actual.Kind}), and not {wanted} ({wanted.Kind})";

    // Words differ between implementations. But that a name is unknown must not pass for any other error: then something is missing here.
    private static bool IsMeant(CelError error, JsonElement wanted) =>
        !error.Message.StartsWith("undeclared ", StringComparison.Ordinal)
        || wanted.GetProperty("errors").EnumerateArray().Any(one => one.GetProperty("message").GetString()
            is "unbound function" or "unknown variable" or "undeclared reference to 'x' (in container '')");

    private string? Judge()
    {
        var variables = VariableSet.Empty;
        var values = new List<CelValue>();
        var bindings = Test.TryGetProperty("bindings", out var bound) ? bound : default;
        foreach (var declaration in Test.TryGetProperty("typeEnv", out var declared) ? declared.EnumerateArray().ToArray() : [])
        {
            var name = declaration.GetProperty("name").GetString()!;
            if (!declaration.TryGetProperty("ident", out var identifier))
            {
                throw new NotSupportedException($"{name} is a function that the test declares");
            }

            variables = variables.With(name, ConformanceValues.ReadType(identifier.GetProperty("type")));
            values.Add(bindings.ValueKind == JsonValueKind.Object && bindings.TryGetProperty(name, out var value)
                ? ConformanceValues.Read(value.GetProperty("value"))
                : ConformanceVariables.Unbound);
        }

        foreach (var binding in bindings.ValueKind == JsonValueKind.Object ? bindings.EnumerateObject().ToArray() : [])
        {
            if (variables.IndexOf(binding.Name) < 0)
            {
                variables = variables.With(binding.Name, CelType.Dyn);
                values.Add(ConformanceValues.Read(binding.Value.GetProperty("value")));
            }
        }

        var text = Test.GetProperty("expr").GetString()!;
        var isUnchecked = Test.TryGetProperty("disableCheck", out var flag) && flag.GetBoolean();
        var expression = isUnchecked ? Expression.CompileUnchecked(text, variables) : Expression.Compile(text, variables);
        if (Test.TryGetProperty("typedResult", out var typed) && typed.TryGetProperty("deducedType", out var deduced)
            && ConformanceValues.ReadType(deduced) is var type && type.ToString() != expression.Type.ToString())
        {
            return $"is of type {expression.Type}, and not {type}";
        }

        if (Test.TryGetProperty("checkOnly", out var only) && only.GetBoolean())
        {
            return null;
        }

        var result = expression.Evaluate(new ConformanceVariables([.. values]));
        if (Test.TryGetProperty("evalError", out var error))
        {
            return result.IsError && !result.Error.IsTooCostly && IsMeant(result.Error, error) ? null : $"gave {result}, and not the error {error}";
        }

        var isGiven = Test.TryGetProperty("value", out var wanted)
            || (typed.ValueKind == JsonValueKind.Object && typed.TryGetProperty("result", out wanted));
        return Compare(isGiven ? ConformanceValues.Read(wanted) : CelValue.True, result);
    }
}
