namespace Flux.Server.Tests.BadInput;

/// <summary>The rows that are tried with authentication on and off, on the embedded store with it on; <see cref="BadInputTests"/> has it off.</summary>
public sealed class BadInputWithTokensTests(BadInputServer server, ITestOutputHelper output) : IClassFixture<BadInputServer>
{
    public static TheoryData<string> RowIds => [.. BadInputPage.Rows.Where(row => row.Variants.Any(variant => RunsBothWays(row, variant))).Select(row => row.Id)];

    [Theory]
    [MemberData(nameof(RowIds))]
    public async Task A_row_is_answered_as_the_page_says_whoever_asks(string id)
    {
        Assert.SkipUnless(RowTrial.IsShort, "runs with the short fault set: FLUX_FAULTS=short");
        var row = BadInputPage.Find(id);

        await RowTrial.RunAsync(row, variant => RunsBothWays(row, variant) && !variant.NeedsNodes ? [(server.Owned, 0)] : [], output);
    }

    private static bool RunsBothWays(Row row, Variant variant) => RowTrial.RunsOpen(row, variant) && RowTrial.RunsWithTokens(variant);
}
