using Flux.Server.Tests.Contract;

namespace Flux.Server.Tests.Namespaces;

/// <summary>Many tenants on one server, and none sees what is another's alone.</summary>
public sealed class CrossTenantTests(OwnedServer shared)
{
    private static readonly string[] Ways = ["read", "list", "history", "state_update", "entity_deleted"];

    [Fact]
    public async Task Nothing_of_a_private_namespace_reaches_anybody_without_its_token()
    {
        await using var server = new OwnedServer(); // of its own: its counts are looked at
        await server.InitializeAsync();
        var tenants = await RegisterAsync(server, count: 50);
        var (gate, checker) = (await RegisterGateAsync(server), new LeakChecker(tenants));
        await using var traffic = new TenantTraffic(server, tenants, gate, checker);

        await traffic.RunAsync(seed: 20261126);

        Assert.Empty(checker.Leaks);
        Assert.All(tenants.Where(tenant => tenant.IsPrivate), tenant =>
            Assert.All(Ways, way => Assert.True(checker.HasShown(tenant, way), $"the owner of {tenant.Name} has seen nothing by {way}")));

        // The first may have been measured before the last change.
        await traffic.Bystander.NextMetricsAsync();
        var metrics = await traffic.Bystander.NextMetricsAsync();
        Assert.Equal(traffic.Bystander.Events, metrics.GetProperty("events").GetProperty("total").GetInt32());

        // The sources of the open ones, the gate's, and that of deletions.
        Assert.InRange(metrics.GetProperty("publishers").GetProperty("active").GetInt32(), 0, tenants.Count(tenant => !tenant.IsPrivate) + 2);
    }

    [Fact]
    public async Task A_namespace_that_is_open_by_mistake_is_found_out_in_every_way()
    {
        var tenants = await RegisterAsync(shared, count: 8);
        var planted = tenants[0];
        await shared.PutAsync($"/api/namespaces/{planted.Name}", """{"private":false}""", OwnedServer.As(planted.Token));
        var checker = new LeakChecker(tenants);
        await using var traffic = new TenantTraffic(shared, tenants, await RegisterGateAsync(shared), checker);

        await traffic.RunAsync(seed: 1);

        Assert.All(checker.Leaks, leak => Assert.Equal(planted.Name, leak.Owner));
        Assert.Empty(Ways.Except(checker.Leaks.Select(leak => leak.Channel)));
    }

    private static async Task<List<Tenant>> RegisterAsync(OwnedServer server, int count)
    {
        var tenants = await Task.WhenAll(Enumerable.Range(0, count).Select(async i =>
        {
            var isPrivate = i % 2 == 0;
            var (name, token) = isPrivate ? await server.RegisterPrivateAsync() : await server.RegisterAsync();
            return new Tenant(name, token, $"m{Guid.NewGuid():N}", isPrivate);
        }));
        return [.. tenants];
    }

    private static async Task<Tenant> RegisterGateAsync(OwnedServer server)
    {
        var (name, token) = await server.RegisterAsync(Wire.NewNamespace());
        return new Tenant(name, token, "gate", IsPrivate: false);
    }
}
