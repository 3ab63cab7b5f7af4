using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using Flux.Testing.Cluster;
using Flux.Testing.PostgreSql;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>What one silo decides about a namespace holds on all: claims, revoked tokens, bans (fault model F56).</summary>
[Collection(ClusterTestGroup.Name)]
public sealed class NamespaceScenarios(SharedPostgreSql postgreSql)
{
    private const string Admin = "the-operator-of-the-cluster";

    // Source: fault model F56.
    private static readonly TimeSpan InForce = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WhenUnheard = TimeSpan.FromSeconds(60);

    private static readonly FluxClusterOptions Options = new()
    {
        Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["FLUX_AUTH_ENABLED"] = "true", ["FLUX_ADMIN_TOKEN"] = Admin },
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_thousand_claims_of_one_name_over_all_silos_make_one_owner()
    {
        FaultSet.NeedsShort();
        await using var scenario = await ClusterScenario.StartAsync("claims", postgreSql, Options);
        using var http = new HttpClient();

        var answers = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(i =>
            SendAsync(http, scenario.Cluster.Members[i % 3], HttpMethod.Post, "api/namespaces", Admin, new { name = "claimed" })));

        var owner = Assert.Single(answers, answer => answer.Status == 200);
        Assert.Equal(999, answers.Count(answer => answer.Status == 409));
        foreach (var member in scenario.Cluster.Members)
        {
            Assert.Equal(200, (await PublishAsync(http, member, "claimed/e", owner.Json.GetProperty("token").GetString()!)).Status);
        }

        await AssertAllSilosTellAsync(http, scenario);
    }

    [Fact]
    public async Task F56_a_revoked_token_and_a_banned_namespace_are_refused_on_every_silo()
    {
        FaultSet.NeedsShort();
        await using var scenario = await ClusterScenario.StartAsync("F56", postgreSql, Options);
        using var http = new HttpClient();
        var (first, others) = (scenario.Cluster.Members[0], scenario.Cluster.Members.Skip(1).ToArray());
        var registered = await SendAsync(http, first, HttpMethod.Post, "api/namespaces", Admin, new { name = "acme" });
        var owner = registered.Json.GetProperty("token").GetString()!;
        var issued = await SendAsync(http, first, HttpMethod.Post, "api/namespaces/acme/tokens", owner, new { scope = "write" });
        var (id, token) = (issued.Json.GetProperty("id").GetString(), issued.Json.GetProperty("token").GetString()!);
        foreach (var other in others)
        {
            Assert.Equal(200, (await PublishAsync(http, other, "acme/e", token)).Status); // issued a moment ago, through another silo
        }

        using var sockets = await Sockets.OpenAsync(others, token);
        await SendAsync(http, first, HttpMethod.Delete, $"api/namespaces/acme/tokens/{id}", owner);

        foreach (var other in others)
        {
            await AwaitAsync(async () => await PublishAsync(http, other, "acme/e", token) is { Status: 403, Code: "revoked_token" }, $"{other.Name} refuses it");
        }

        Assert.All(await sockets.CodesAsync(), code => Assert.Equal(4401, code));

        using var ownersSockets = await Sockets.OpenAsync(others, owner);
        await SendAsync(http, first, HttpMethod.Put, "api/admin/namespaces/acme", Admin, new { state = "banned" });

        foreach (var other in others)
        {
            await AwaitAsync(async () => await PublishAsync(http, other, "acme/e", owner) is { Status: 403, Code: "namespace_banned" }, $"{other.Name} refuses it");
            Assert.Equal(404, (await SendAsync(http, other, HttpMethod.Get, "api/state/entities/acme%2Fe", token: null)).Status);
            Assert.Equal("[]", (await SendAsync(http, other, HttpMethod.Get, "api/state/entities", token: null)).Json.GetRawText());
        }

        Assert.All(await ownersSockets.CodesAsync(), code => Assert.Equal(4403, code));
        var audit = (await SendAsync(http, others[0], HttpMethod.Get, "api/admin/audit?namespace=acme", Admin)).Json.GetRawText();
        Assert.Contains("flux.namespaces.token.revoked", audit, StringComparison.Ordinal);
        Assert.DoesNotContain(token, audit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task F56_a_token_that_was_revoked_just_before_the_database_stopped_opens_nothing_any_more()
    {
        FaultSet.NeedsShort();
        await using var scenario = await ClusterScenario.StartAsync("F56", postgreSql, Options, hurts: true);
        using var http = new HttpClient();
        var (first, others) = (scenario.Cluster.Members[0], scenario.Cluster.Members.Skip(1).ToArray());
        var registered = await SendAsync(http, first, HttpMethod.Post, "api/namespaces", Admin, new { name = "acme" });
        var owner = registered.Json.GetProperty("token").GetString()!;
        Assert.Equal(200, (await SendAsync(http, first, HttpMethod.Put, "api/namespaces/acme", owner, new { @private = true })).Status);
        var issued = await SendAsync(http, first, HttpMethod.Post, "api/namespaces/acme/tokens", owner, new { scope = "write" });
        var (id, token) = (issued.Json.GetProperty("id").GetString(), issued.Json.GetProperty("token").GetString()!);
        foreach (var other in others)
        {
            Assert.Equal(200, (await PublishAsync(http, other, "acme/e", token)).Status);
            Assert.Equal(200, (await ReadAsync(http, other, token)).Status);
        }

        using var sockets = await Sockets.OpenAsync(others, token);
        var revoked = TimeProvider.System.GetTimestamp();
        Assert.InRange((await SendAsync(http, first, HttpMethod.Delete, $"api/namespaces/acme/tokens/{id}", owner)).Status, 200, 204);
        await scenario.Server.StopAsync(PostgreSqlStop.Immediate, scenario.Recorder, Cancellation);

        var closed = sockets.CodesAsync(WhenUnheard);
        foreach (var other in others)
        {
            await AwaitAsync(async () => (await ReadAsync(http, other, token)).Status is not 200 && (await PublishAsync(http, other, "acme/e", token)).Status is not 200, $"{other.Name} refuses it", WhenUnheard);
        }

        var codes = await closed;
        scenario.Row.Measure("refused and closed on every silo after the revocation, with the database stopped", TimeProvider.System.GetElapsedTime(revoked), "≤ 60 s");
        Assert.All(codes, code => Assert.Equal(4401, code));
        await scenario.Server.StartAgainAsync(Cancellation);
        foreach (var member in scenario.Cluster.Members)
        {
            await member.WaitUntilReadyAsync(Cancellation);
            Assert.True(await PublishAsync(http, member, "acme/e", token) is { Status: 403, Code: "revoked_token" });
            Assert.NotEqual(200, (await ReadAsync(http, member, token)).Status);
            Assert.Equal(200, (await ReadAsync(http, member, owner)).Status);
        }
    }

    // Whichever silo is asked tells of all, and one that stands still keeps nobody waiting.
    private static async Task AssertAllSilosTellAsync(HttpClient http, ClusterScenario scenario)
    {
        foreach (var member in scenario.Cluster.Members)
        {
            var usage = (await SendAsync(http, member, HttpMethod.Get, "api/namespaces/claimed/usage", Admin)).Json;
            Assert.Equal((1, 3), (usage.GetProperty("entities").GetInt32(), usage.GetProperty("events").GetInt32()));
            Assert.Equal("""{"asked":3,"answered":3}""", usage.GetProperty("silos").GetRawText());
            var silos = await ReadSilosAsync(http, member);
            Assert.Equal([true, true, true], silos.Select(silo => silo.GetProperty("answered").GetBoolean()));
            Assert.All(silos, silo => Assert.Equal(1, silo.GetProperty("grains").GetProperty("Flux.Grains.Connections.ConnectionGrain").GetInt32()));
            Assert.All(silos, silo => Assert.Equal(1, silo.GetProperty("values").GetProperty("flux.limits.rate.buckets").GetInt32()));
        }

        await scenario.Cluster.Members[2].FreezeAsync(scenario.Recorder, Cancellation);

        Assert.Equal([false, true, true], (await ReadSilosAsync(http, scenario.Cluster.Members[0])).Select(silo => silo.GetProperty("answered").GetBoolean()).Order());
    }

    private static async Task<IReadOnlyList<JsonElement>> ReadSilosAsync(HttpClient http, ClusterMember member)
    {
        var status = await SendAsync(http, member, HttpMethod.Get, "api/admin/status", Admin);
        Assert.Equal(200, status.Status);
        Assert.True(status.Json.GetProperty("log").GetProperty("bytes").GetInt64() > 0);
        return [.. status.Json.GetProperty("silos").EnumerateArray()];
    }

    private static async Task AwaitAsync(Func<Task<bool>> isTrue, string what, TimeSpan? within = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(within ?? InForce);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        while (!await isTrue())
        {
            Assert.False(limit.IsCancellationRequested, $"not within {within ?? InForce}: {what}");
            await pace.WaitForNextTickAsync(Cancellation);
        }
    }

    private static Task<Answer> PublishAsync(HttpClient http, ClusterMember member, string id, string token) =>
        SendAsync(http, member, HttpMethod.Post, "api/events", token,
            new { stream = "test", source = "test", payload = new { entity_id = id, properties = new { n = 1 } } });

    private static Task<Answer> ReadAsync(HttpClient http, ClusterMember member, string token) =>
        SendAsync(http, member, HttpMethod.Get, "api/state/entities/acme%2Fe", token);

    private static async Task<Answer> SendAsync(HttpClient http, ClusterMember member, HttpMethod method, string path, string? token, object? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(member.Address, path));
        request.Content = body is null ? null : JsonContent.Create(body);
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.SendAsync(request, Cancellation);
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        return new Answer((int)answer.StatusCode, text.Length == 0 ? default : JsonElement.Parse(text));
    }

    private sealed record Answer(int Status, JsonElement Json)
    {
        public string? Code => Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty("code", out var code) ? code.GetString() : null;
    }

    /// <summary>A socket on each of some silos, with a token.</summary>
    private sealed class Sockets(ClientWebSocket[] sockets) : IDisposable
    {
        public static async Task<Sockets> OpenAsync(IEnumerable<ClusterMember> members, string token) => new(await Task.WhenAll(members.Select(async member =>
        {
            var socket = new ClientWebSocket();
            socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
            await socket.ConnectAsync(new UriBuilder(member.Address) { Scheme = "ws", Path = "/api/ws" }.Uri, Cancellation);
            return socket;
        })));

        /// <summary>Reads until the server closes them.</summary>
        public async Task<int[]> CodesAsync(TimeSpan? within = null)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            limit.CancelAfter(within ?? InForce);
            return await Task.WhenAll(sockets.Select(async socket =>
            {
                var buffer = new byte[4096];
                while ((await socket.ReceiveAsync(buffer, limit.Token)).MessageType != WebSocketMessageType.Close)
                {
                }

                return (int)socket.CloseStatus!.Value;
            }));
        }

        public void Dispose()
        {
            foreach (var socket in sockets)
            {
                socket.Dispose();
            }
        }
    }
}
