using Flux.Server.Tests.Contract;

namespace Flux.Server.Tests.Namespaces;

/// <summary>GET /api/namespaces/{name}/usage. Who may not read it is a part of <see cref="ManagementTests"/>.</summary>
public sealed class UsageTests(OwnedServer server)
{
    [Fact]
    public async Task The_owner_and_the_operator_see_what_a_namespace_uses_and_may_use()
    {
        var (ns, owner) = await server.RegisterAsync();
        var (other, others) = await server.RegisterAsync();
        await server.AdministerAsync(ns, """{"limits":{"entities":7,"sockets":3}}""");
        await server.SetAsync($"{ns}/a", owner);
        await server.SetAsync($"{ns}/a", owner);
        await server.SetAsync($"{ns}/b", owner);
        await server.SetAsync($"{other}/a", others);
        await using var socket = await server.OpenSocketAsync(owner, $"{ns}/a", $"{ns}/*");
        await using var strangers = await server.OpenSocketAsync(others, $"{ns}/a");

        var seen = await server.Http.GetAsync(Target(ns), OwnedServer.As(owner));

        Assert.True(seen.Status == 200, $"{seen}");
        Assert.Equal(["entities", "events", "inForce", "namespace", "silos", "sockets", "subscriptions"], seen.Json.Members());
        Assert.Equal(
            (2, 3, 1, 2),
            (seen.Json.GetProperty("entities").GetInt32(), seen.Json.GetProperty("events").GetInt32(), seen.Json.GetProperty("sockets").GetInt32(), seen.Json.GetProperty("subscriptions").GetInt32()));
        Assert.Equal("""{"eventsPerMinute":10000,"entities":7,"sockets":3,"subscriptions":100000}""", seen.Json.GetProperty("inForce").GetRawText());
        Assert.Equal("""{"entities":7,"sockets":3}""", seen.Json.GetProperty("namespace").GetProperty("limits").GetRawText());
        Assert.Equal(["createdAt", "limits", "name", "namespaceId", "private", "state", "tokens"], seen.Json.GetProperty("namespace").Members());
        Assert.Equal("""{"asked":1,"answered":1}""", seen.Json.GetProperty("silos").GetRawText());
        Assert.Equal(seen.Text, (await server.Http.GetAsync(Target(ns), OwnedServer.AsOperator)).Text);
    }

    [Fact]
    public async Task Nobody_else_reads_it()
    {
        var (ns, _) = await server.RegisterAsync();

        Assert.Equal((401, "admin_required"), Refusal(await server.Http.GetAsync(Target(ns))));
        Assert.Equal((401, "admin_required"), Refusal(await server.Http.GetAsync(Target(ns), OwnedServer.As("made-up"))));
    }

    private static string Target(string ns) => $"/api/namespaces/{ns}/usage";

    private static (int Status, string? Code) Refusal(RawAnswer answer) => (answer.Status, answer.Code);
}
