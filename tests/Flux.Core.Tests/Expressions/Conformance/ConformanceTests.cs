namespace Flux.Core.Tests.Expressions.Conformance;

public sealed class ConformanceTests(ITestOutputHelper output)
{
    [Fact]
    public async Task All_public_conformance_tests_pass_but_for_those_that_are_listed()
    {
        using var data = await ConformanceData.ReadAsync(TestContext.Current.CancellationToken);

        var failures = ConformanceCase.All(data.RootElement).ToDictionary(test => test.Name, test => test.Run(), StringComparer.Ordinal);

        var passed = failures.Values.Count(failure => failure is null);
        output.WriteLine($"CEL conformance: {passed} of {failures.Count} tests pass, {failures.Count - passed} are not supported");
        var faults = Exceptions.Read().Compare(failures).ToArray();
        Assert.True(faults.Length == 0, string.Join('\n', faults));
    }

    [Fact]
    public void The_list_is_wrong_when_a_listed_test_passes_an_unlisted_one_fails_or_a_line_names_nothing()
    {
        var exceptions = Exceptions.Read();
        var listed = "proto2/has/undefined";

        Assert.Contains($"{listed} is listed as not supported, and passes", exceptions.Compare(new Dictionary<string, string?> { [listed] = null }));
        Assert.Contains("basic/none/such fails: why", exceptions.Compare(new Dictionary<string, string?> { ["basic/none/such"] = "why" }));
        Assert.Contains("proto2/* is listed, and no test has such a name", exceptions.Compare(new Dictionary<string, string?>()));
    }
}
