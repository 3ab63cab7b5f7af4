using System.Text.Json.Nodes;
using Flux.Testing.Cluster;
using Flux.Testing.PostgreSql;

namespace Flux.Server.Tests.Demo;

/// <summary>The demo world of two silos on PostgreSQL.</summary>
public sealed class DemoInAClusterTests(SharedPostgreSql postgreSql)
{
    private static readonly Uri Path = new("/api/demo", UriKind.Relative);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_silo_runs_it_for_all_and_when_that_silo_ends_another_can_take_it_away()
    {
        Assert.SkipWhen(PostgreSqlServer.WhyMissing is not null, PostgreSqlServer.WhyMissing ?? string.Empty);
        await using var cluster = FluxCluster.Create(
            await postgreSql.CreateDatabaseAsync(Token), new FluxClusterOptions { Silos = 2 }, TimeProvider.System);
        await cluster.StartAsync(Token);
        var (first, second) = (cluster.Members[0], cluster.Members[1]);

        var started = await AskAsync(first.Address, HttpMethod.Post);
        Assert.Equal("running", (string?)started["state"]);
        Assert.Equal((string?)started["ends_at"], (string?)(await AskAsync(second.Address, HttpMethod.Post))["ends_at"]);
        Assert.Equal((string?)started["ends_at"], (string?)(await AskAsync(second.Address, HttpMethod.Get))["ends_at"]);

        var runner = Assert.Single(cluster.Members, member => member.Output.Contains("The demo world lives", StringComparison.Ordinal));
        await runner.StopAsync(Token);
        var other = runner == first ? second : first;

        Assert.Equal("ended", (string?)(await AskAsync(other.Address, HttpMethod.Get))["state"]);
        Assert.InRange((int)(await AskAsync(other.Address, HttpMethod.Delete))["deleted"]!, 20, 40);
        Assert.Equal("none", (string?)(await AskAsync(other.Address, HttpMethod.Get))["state"]);
        Assert.Equal("running", (string?)(await AskAsync(other.Address, HttpMethod.Post))["state"]);
        await AskAsync(other.Address, HttpMethod.Delete);
    }

    private static async Task<JsonNode> AskAsync(Uri silo, HttpMethod method)
    {
        using var http = new HttpClient { BaseAddress = silo };
        using var request = new HttpRequestMessage(method, Path);
        using var answer = await http.SendAsync(request, Token);
        var text = await answer.Content.ReadAsStringAsync(Token);
        Assert.True(answer.IsSuccessStatusCode, $"{method}: {(int)answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }
}
