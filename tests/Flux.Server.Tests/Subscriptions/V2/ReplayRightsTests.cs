using Flux.Server.Tests.Contract;
using Flux.Server.Tests.Namespaces;

namespace Flux.Server.Tests.Subscriptions.V2;

/// <summary>Who may see the past: whoever may see the present.</summary>
public sealed class ReplayRightsTests(OwnedServer server)
{
    [Fact]
    public async Task A_private_past_comes_to_its_holders_only()
    {
        var (ns, token) = await server.RegisterPrivateAsync();
        var (open, openToken) = await server.RegisterAsync();
        await server.SetAsync($"{ns}/e", token);
        await server.SetAsync($"{open}/e", openToken);
        await using var holder = await OpenAsync(token);
        await using var stranger = await OpenAsync(openToken);

        foreach (var scope in (string[])[$"\"entity\":\"{ns}/e\"", $"\"entity\":\"{ns}/*\"", $"\"prefix\":\"{ns}/\"", $"\"entity\":[\"{open}/e\",\"{ns}/e\"]"])
        {
            await stranger.RefusedAsync($$"""{"type":"replay","sub":"r",{{scope}},"from":"start","speed":"max"}""", "wrong_namespace");
        }

        Assert.Equal([$"{open}/e"], await ReplayAsync(stranger, $"\"entity\":\"*\"", ns, open));
        Assert.Equal([$"{ns}/e", $"{open}/e"], await ReplayAsync(holder, $"\"entity\":\"*\"", ns, open));
        Assert.Equal([$"{ns}/e"], await ReplayAsync(holder, $"\"entity\":\"{ns}/*\"", ns, open));
    }

    [Fact]
    public async Task What_becomes_private_while_it_waits_for_its_time_is_not_sent()
    {
        var (ns, token) = await server.RegisterAsync();
        var (open, openToken) = await server.RegisterAsync();
        await server.SetAsync($"{ns}/e", token);
        await server.SetAsync($"{ns}/e", token);
        await server.SetAsync($"{open}/e", openToken);
        await using var stranger = await OpenAsync(openToken);

        // The second one is read and waits for minutes.
        await stranger.AskAsync($$"""{"type":"replay","sub":"r","entity":["{{ns}}/e","{{open}}/e"],"from":"start","speed":0.001}""");
        Assert.Equal($"{ns}/e", (await stranger.NextAsync()).Text("entity_id"));
        await server.PutAsync($"/api/namespaces/{ns}", """{"private":true}""", OwnedServer.As(token));
        await stranger.AskAsync("""{"type":"speed","sub":"r","speed":"max"}""");

        var rest = await stranger.UntilAsync(frame => frame.Text("type") == "replayed");
        Assert.Equal([$"{open}/e"], rest.Select(frame => frame.Text("entity_id")));
    }

    [Fact]
    public async Task A_revoked_token_ends_the_replays_of_its_sockets()
    {
        var (ns, token) = await server.RegisterPrivateAsync();
        var (id, revoked) = await server.IssueAsync(ns);
        await server.SetAsync($"{ns}/e", token);
        await server.SetAsync($"{ns}/e", token);
        await using var socket = await OpenAsync(revoked);
        await socket.AskAsync($$"""{"type":"replay","sub":"r","entity":"{{ns}}/*","from":"start","to":"live","speed":0.001}""");
        Assert.Equal("change", (await socket.NextAsync()).Text("type"));

        Assert.Equal(204, (await server.Http.DeleteAsync($"/api/namespaces/{ns}/tokens/{id}", OwnedServer.As(token))).Status);

        Assert.Equal(4401, await socket.Raw.WaitForCloseAsync());
    }

    private static async Task<IEnumerable<string?>> ReplayAsync(NewerSocket socket, string scope, params string[] namespaces)
    {
        var answer = await socket.AskAsync($$"""{"type":"replay","sub":"r",{{scope}},"from":"start","speed":"max"}""");
        Assert.Equal("replaying", answer.Text("type"));
        var frames = await socket.UntilAsync(frame => frame.Text("type") == "replayed");
        return frames.Select(frame => frame.Text("entity_id")).Where(id => namespaces.Contains(id!.Split('/')[0]));
    }

    private Task<NewerSocket> OpenAsync(string token) => NewerSocket.OpenAsync(server.Http.Port, OwnedServer.As(token));
}
