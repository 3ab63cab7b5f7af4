using Flux.Testing.History;
using Flux.Testing.Load;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>What is private reaches nobody without a grant, also not a token that was revoked (fault model F56, on one server).</summary>
[Collection(ClusterTestGroup.Name)]
public sealed class TenantScenarios
{
    [Fact]
    public async Task F56_nothing_private_reaches_anybody_without_a_grant_or_after_it_was_revoked()
    {
        FaultSet.NeedsShort();
        await using var scenario = new Scenario { Row = new FaultRow("F56"), Environment = Tenants.Environment };
        await scenario.StartAsync();
        await using var tenants = await Tenants.RegisterAsync(scenario);

        await tenants.RunAsync(Seed.Value);

        await tenants.DumpStateAsync();
        Assert.Equal(0, await scenario.Server.StopAsync(TestContext.Current.CancellationToken));
        SqliteLogDump.Dump(scenario.DataDirectory, scenario.Recorder);
        scenario.Judge(new HistoryThresholds { Acked = 100, SettledUnknowns = 0, DuplicateAcks = 0, Conflicts = 0, Secrets = 500 });
    }
}
