using Flux.Testing.PostgreSql;

namespace Flux.Server.Tests.BadInput;

/// <summary>The rows on PostgreSQL with three silos: each row through one of them in turn, and in the long run through every one.</summary>
public sealed class BadInputOnPostgreSqlTests(BadInputCluster cluster, ITestOutputHelper output) : IClassFixture<BadInputCluster>
{
    public static TheoryData<string> RowIds => [.. BadInputPage.Ids];

    [Theory]
    [MemberData(nameof(RowIds))]
    public async Task A_row_is_answered_as_the_page_says_and_harms_nobody(string id)
    {
        Assert.SkipUnless(RowTrial.IsShort, "runs with the short fault set: FLUX_FAULTS=short");
        Assert.SkipWhen(PostgreSqlServer.WhyMissing is not null, PostgreSqlServer.WhyMissing ?? "");
        await cluster.PrepareAsync(TestContext.Current.CancellationToken);
        var row = BadInputPage.Find(id);
        int[] silos = RowTrial.IsLong ? [0, 1, 2] : [BadInputPage.NumberOf(id) % 3];

        await RowTrial.RunAsync(row, ServersOf, output);

        IEnumerable<(TormentedServer Server, int Silo)> ServersOf(Variant variant) =>
            from server in (TormentedServer?[])[RowTrial.RunsOpen(row, variant) ? cluster.Open : null, RowTrial.RunsWithTokens(variant) ? cluster.Owned : null]
            where server is not null
            from silo in silos
            select (server, silo);
    }
}
