using Flux.Server.Tests.Contract;

namespace Flux.Server.Tests.Namespaces;

/// <summary>What a socket's token opens, when it ends, and how many there may be. Bad input W06, and the sockets of A05, A11 and M07.</summary>
public sealed class SocketRightsTests(OwnedServer server)
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("{0}/e {1}/e")]
    [InlineData("{0}/* {1}/*")]
    public async Task What_is_private_is_pushed_to_its_holders_only(string form)
    {
        var (ns, token) = await server.RegisterPrivateAsync();
        var (open, openToken) = await server.RegisterAsync();
        var patterns = string.Format(null, form, ns, open).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        await using var holder = await server.OpenSocketAsync(token, patterns);
        await using var reader = await server.OpenSocketAsync((await server.IssueAsync(ns)).Token, patterns);
        await using var stranger = await server.OpenSocketAsync(token: null, patterns);
        await using var other = await server.OpenSocketAsync(openToken, patterns);

        await server.SetAsync($"{ns}/e", token);
        await server.Http.DeleteAsync(RawRequest.EntityPath($"{ns}/e"), OwnedServer.As(token));
        await server.SetAsync($"{open}/e", openToken);

        Assert.Equal(["state_update", "entity_deleted"], await SeenAsync(holder, ns, until: $"{open}/e"));
        Assert.Equal(["state_update", "entity_deleted"], await SeenAsync(reader, ns, until: $"{open}/e"));
        Assert.Empty(await SeenAsync(stranger, ns, until: $"{open}/e"));
        Assert.Empty(await SeenAsync(other, ns, until: $"{open}/e"));
    }

    [Theory]
    [InlineData("Authorization: Basic eDp5")]
    [InlineData("Authorization: Bearer")]
    [InlineData("Authorization: Bearer made-up")]
    [InlineData("Authorization: Bearer flux_read_0000000000000000000000000000000AAAAAA")]
    [InlineData("Cookie: token={0}")]
    [InlineData("X-Token: {0}")]
    public async Task What_is_no_token_opens_the_socket_and_nothing_more(string header)
    {
        var (ns, token) = await server.RegisterPrivateAsync();
        var (open, openToken) = await server.RegisterAsync();
        await using var socket = await RawWebSocket.OpenAsync(server.Http.Port, "/api/ws", string.Format(null, header, token));

        await server.SetAsync($"{ns}/e", token);
        await server.SetAsync($"{open}/e", openToken);

        Assert.Empty(await SeenAsync(socket, ns, until: $"{open}/e"));
    }

    [Fact]
    public async Task A_token_in_the_address_is_ignored()
    {
        var (ns, token) = await server.RegisterPrivateAsync();
        var (open, openToken) = await server.RegisterAsync();
        await using var socket = await RawWebSocket.OpenAsync(server.Http.Port, $"/api/ws?token={token}");

        await server.SetAsync($"{ns}/e", token);
        await server.SetAsync($"{open}/e", openToken);

        Assert.Empty(await SeenAsync(socket, ns, until: $"{open}/e"));
    }

    [Fact]
    public async Task A_namespace_that_becomes_private_is_gone_from_sockets_without_its_token()
    {
        var (ns, token) = await server.RegisterAsync();
        var (open, openToken) = await server.RegisterAsync();
        await using var stranger = await server.OpenSocketAsync(token: null, $"{ns}/*", $"{open}/e");
        await server.SetAsync($"{ns}/before", token);
        await server.PutAsync($"/api/namespaces/{ns}", """{"private":true}""", OwnedServer.As(token));

        await server.SetAsync($"{ns}/after", token);
        await server.SetAsync($"{open}/e", openToken);

        Assert.Equal("state_update", (await stranger.NextAboutAsync($"{ns}/before")).Text("type"));
        Assert.Empty(await SeenAsync(stranger, ns, until: $"{open}/e"));
    }

    [Fact]
    public async Task A_revoked_token_ends_its_sockets_and_no_others()
    {
        var (ns, token) = await server.RegisterAsync();
        var (id, revoked) = await server.IssueAsync(ns);
        await using var socket = await server.OpenSocketAsync(revoked);
        await using var sister = await server.OpenSocketAsync(token);
        await using var open = await server.OpenSocketAsync(token: null);

        Assert.Equal(204, (await server.Http.DeleteAsync($"/api/namespaces/{ns}/tokens/{id}", OwnedServer.As(token))).Status);

        Assert.Equal(4401, await socket.WaitForCloseAsync(EndLimit));
        Assert.Equal("the token was revoked", socket.CloseText);
        await sister.RoundTripAsync();
        await open.RoundTripAsync();
        await using var again = await server.OpenSocketAsync(revoked); // like one without a token
    }

    [Fact]
    public async Task A_token_that_expires_ends_its_sockets()
    {
        var (ns, _) = await server.RegisterAsync();
        var (_, token) = await server.IssueAsync(ns, """{"scope":"read","expiresInSeconds":1}""");
        await using var socket = await RawWebSocket.OpenAsync(server.Http.Port, "/api/ws", OwnedServer.As(token));

        Assert.Equal(4401, await socket.WaitForCloseAsync(EndLimit + TimeSpan.FromSeconds(1)));
        Assert.Equal("the token has expired", socket.CloseText);
    }

    [Fact]
    public async Task A_token_that_was_replaced_ends_its_sockets_when_its_grace_is_over()
    {
        var (ns, token) = await server.RegisterAsync();
        var (id, replaced) = await server.IssueAsync(ns);
        await using var socket = await server.OpenSocketAsync(replaced);

        var answer = await server.PostJsonAsync($"/api/namespaces/{ns}/tokens/{id}/rotate", """{"graceSeconds":0}""", OwnedServer.As(token));

        Assert.Equal(200, answer.Status);
        Assert.Equal(4401, await socket.WaitForCloseAsync(EndLimit));
        Assert.Equal("the token was replaced", socket.CloseText);
        await using var next = await server.OpenSocketAsync(answer.Json.Text("token"));
    }

    [Fact]
    public async Task A_deleted_namespace_ends_its_sockets()
    {
        var (ns, token) = await server.RegisterPrivateAsync();
        await using var socket = await server.OpenSocketAsync(token);
        await using var open = await server.OpenSocketAsync(token: null, $"{ns}/*");

        Assert.Equal(204, (await server.Http.DeleteAsync($"/api/namespaces/{ns}", OwnedServer.AsOperator)).Status);

        Assert.Equal(4403, await socket.WaitForCloseAsync(EndLimit));
        Assert.Equal("the namespace was deleted", socket.CloseText);
        await open.RoundTripAsync();
    }

    [Fact]
    public async Task A_banned_namespace_ends_its_sockets_and_opens_none()
    {
        var (ns, token) = await server.RegisterAsync();
        var (id, revoked) = await server.IssueAsync(ns);
        await server.Http.DeleteAsync($"/api/namespaces/{ns}/tokens/{id}", OwnedServer.As(token));
        await using var socket = await server.OpenSocketAsync(token);

        await server.AdministerAsync(ns, """{"state":"banned"}""");

        Assert.Equal(4403, await socket.WaitForCloseAsync(EndLimit));
        Assert.Equal("the namespace is banned", socket.CloseText);
        var answer = await server.Http.SendAsync(RawWebSocket.Handshake("/api/ws", OwnedServer.As(token)));
        Wire.AssertRefused(answer, 403, ns);
        Assert.Equal("namespace_banned", answer.Code);
        await using var stranger = await server.OpenSocketAsync(revoked);
    }

    [Fact]
    public async Task Beyond_its_sockets_a_namespace_is_told_to_come_later()
    {
        var (ns, token) = await server.RegisterAsync();
        await server.AdministerAsync(ns, """{"limits":{"sockets":1}}""");
        await using var first = await server.OpenSocketAsync(token);

        var refused = await server.Http.SendAsync(RawWebSocket.Handshake("/api/ws", OwnedServer.As(token)));
        await using var without = await server.OpenSocketAsync(token: null);
        await first.SendBytesAsync(RawWebSocket.Frame(RawWebSocket.Close, [0x03, 0xE8]));
        await first.WaitForCloseAsync();
        await using var second = await server.OpenSocketAsync(token);

        Wire.AssertRefused(refused, 429);
        Assert.Equal("rate_limited", refused.Code);
        Assert.Equal("5", refused.Header("Retry-After"));
    }

    [Fact]
    public async Task Beyond_its_subscriptions_a_namespaces_sockets_keep_what_they_have()
    {
        var (ns, token) = await server.RegisterAsync();
        await server.AdministerAsync(ns, """{"limits":{"subscriptions":2}}""");
        await using var first = await server.OpenSocketAsync(token, $"{ns}/a");
        await using var second = await server.OpenSocketAsync(token, $"{ns}/b", $"{ns}/c");

        await server.SetAsync($"{ns}/c", token);
        await server.SetAsync($"{ns}/b", token);

        Assert.Empty(await SeenAsync(second, ns + "/c", until: $"{ns}/b"));
    }

    /// <summary>The types of the messages about what starts with a prefix, up to one about another entity.</summary>
    private static async Task<List<string?>> SeenAsync(RawWebSocket socket, string prefix, string until)
    {
        var seen = new List<string?>();
        while (true)
        {
            var message = await socket.NextMessageAsync($"a message about {until}");
            if (message.Text("entity_id") == until)
            {
                return seen;
            }

            if (message.Text("entity_id")!.StartsWith(prefix, StringComparison.Ordinal))
            {
                seen.Add(message.Text("type"));
            }
        }
    }
}
