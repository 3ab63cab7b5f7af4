using System.Text.Json;
using Flux.Server.Tests.Contract;
using Flux.Server.Tests.Namespaces;

namespace Flux.Server.Tests.Subscriptions.V2;

/// <summary>Tokens on newer sockets and event streams: shown at the upgrade or later, what they open, and how they end.</summary>
public sealed class AuthFrameTests(OwnedServer server)
{
    [Fact]
    public async Task A_token_that_is_shown_later_opens_what_it_would_have_opened_at_once()
    {
        var (ns, token) = await server.RegisterPrivateAsync();
        await server.SetAsync($"{ns}/e", token);
        await using var socket = await OpenAsync();
        await socket.RefusedAsync($$"""{"type":"subscribe","sub":"s","entity":"{{ns}}/*"}""", "wrong_namespace");

        var answer = await ShowAsync(socket, token);

        Assert.Equal(["namespace", "type"], answer.Members());
        Assert.Equal(("authenticated", ns), (answer.Text("type"), answer.Text("namespace")));
        await socket.SubscribeAsync("s", $"\"entity\":\"{ns}/*\",\"from\":\"snapshot\"");
        Assert.Equal($"{ns}/e", Assert.Single(await socket.UntilAsync(frame => frame.Text("type") == "caught_up")).Text("entity_id"));
        await server.SetAsync($"{ns}/e", token, "{\"n\":2}");
        Assert.Equal("change", (await socket.NextAsync()).Text("type"));
    }

    [Fact]
    public async Task A_token_is_shown_once_and_before_the_first_subscription()
    {
        var (ns, token) = await server.RegisterPrivateAsync();
        var (_, other) = await server.RegisterAsync();

        await using (var socket = await OpenAsync())
        {
            await ShowAsync(socket, token);
            await socket.RefusedAsync(Auth(other), "already_authenticated");
            await socket.RefusedAsync(Auth(token), "already_authenticated");
            await socket.SubscribeAsync("s", $"\"entity\":\"{ns}/e\""); // the first one counts
        }

        await using (var socket = await OpenAsync())
        {
            await socket.SubscribeAsync("s", "\"entity\":\"anything\"");
            await socket.RefusedAsync(Auth(token), "already_authenticated");
            await socket.RefusedAsync($$"""{"type":"subscribe","sub":"t","entity":"{{ns}}/e"}""", "wrong_namespace");
        }

        await using (var socket = await OpenAsync(OwnedServer.As(token)))
        {
            await socket.RefusedAsync(Auth(other), "already_authenticated");
            await socket.SubscribeAsync("s", $"\"entity\":\"{ns}/e\"");
        }
    }

    [Fact]
    public async Task Six_wrong_tokens_end_the_socket_and_five_do_not()
    {
        var (ns, token) = await server.RegisterPrivateAsync();
        var (id, revoked) = await server.IssueAsync(ns);
        await server.Http.DeleteAsync($"/api/namespaces/{ns}/tokens/{id}", OwnedServer.AsOperator);
        string[] wrong = ["", "x", "made-up", "flux_read_0000000000000000000000000000000AAAAAA", new string('t', 10_000)];
        await using var five = await OpenAsync();
        await using var six = await OpenAsync();
        foreach (var text in wrong)
        {
            await five.RefusedAsync(Auth(text), "unknown_token");
            await six.RefusedAsync(Auth(text), "unknown_token");
        }

        Assert.Equal("authenticated", (await ShowAsync(five, token)).Text("type"));
        await six.RefusedAsync(Auth(revoked), "revoked_token");
        Assert.Equal(1008, await six.Raw.WaitForCloseAsync());
        Assert.Equal("six tokens were refused", six.Raw.CloseText);
    }

    [Fact]
    public async Task A_token_of_a_banned_namespace_is_refused_as_frame_and_at_the_upgrade()
    {
        var (ns, token) = await server.RegisterAsync();
        await server.AdministerAsync(ns, """{"state":"banned"}""");

        await using var socket = await OpenAsync();
        await socket.RefusedAsync(Auth(token), "namespace_banned");
        await socket.RefusedAsync($$"""{"type":"subscribe","sub":"s","entity":"{{ns}}/*"}""", "wrong_namespace");
        var upgrade = await server.Http.SendAsync(RawWebSocket.Handshake("/api/ws", NewerSocket.Offer, OwnedServer.As(token)));
        Assert.Equal((403, "namespace_banned"), (upgrade.Status, upgrade.Code));
        var stream = await server.Http.GetAsync($"/api/stream?entity={ns}/*", OwnedServer.As(token));
        Assert.Equal((403, "namespace_banned"), (stream.Status, stream.Code));
    }

    [Theory]
    [InlineData("\"entity\":\"*\"")]
    [InlineData("\"entity\":\"*\",\"from\":\"snapshot\"")]
    [InlineData("\"entity\":\"*\",\"where\":\"properties.n > 0\"")]
    [InlineData("\"entity\":\"*\",\"where\":\"properties.n > 0\",\"from\":\"snapshot\"")]
    [InlineData("\"prefix\":\"{0}\"")]
    [InlineData("\"prefix\":\"{0}\",\"from\":0")]
    [InlineData("\"prefix\":\"{0}\",\"from\":0,\"where\":\"'n' in changed\"")]
    public async Task What_is_private_comes_to_its_holders_only_and_to_nobody_through_wider_scopes(string members)
    {
        var (ns, token) = await server.RegisterPrivateAsync();
        var (open, openToken) = await server.RegisterAsync();
        await server.SetAsync($"{ns}/before", token);
        await server.SetAsync($"{open}/before", openToken);
        var subscription = members.Replace("{0}", ns[..^1], StringComparison.Ordinal);
        var isWide = members.Contains('*', StringComparison.Ordinal) || open.StartsWith(ns[..^1], StringComparison.Ordinal);
        await using var holder = await OpenAsync(OwnedServer.As(token));
        await using var reader = await OpenAsync();
        await ShowAsync(reader, (await server.IssueAsync(ns)).Token);
        await using var stranger = await OpenAsync();
        await using var other = await OpenAsync(OwnedServer.As(openToken));
        NewerSocket[] sockets = [holder, reader, stranger, other];
        var isSnapshot = members.Contains("snapshot", StringComparison.Ordinal);
        var rows = new List<List<JsonElement>>();
        foreach (var socket in sockets)
        {
            await socket.SubscribeAsync("s", subscription + ",\"progress\":true");

            // A snapshot may show more than was there when it was asked for, and has nothing of what came and went before it was read.
            rows.Add(isSnapshot ? await socket.ThroughAsync(frame => frame.Text("type") == "caught_up") : []);
        }

        await server.SetAsync($"{ns}/e", token);
        await server.Http.DeleteAsync(RawRequest.EntityPath($"{ns}/e"), OwnedServer.As(token));
        var end = (await server.SetAsync($"{open}/e", openToken)).GetProperty("position").GetInt64();

        string?[] own = isSnapshot || members.Contains("\"from\":0", StringComparison.Ordinal)
            ? [$"{ns}/before", $"{ns}/e", $"{ns}/e"]
            : [$"{ns}/e", $"{ns}/e"];
        foreach (var (socket, shown) in sockets.Zip(rows))
        {
            List<JsonElement> frames = [.. shown, .. await socket.ThroughProgressAsync("s", end)];
            var hidden = frames.Where(frame => frame.TryGetProperty("entity_id", out var id) && id.GetString()!.StartsWith($"{ns}/", StringComparison.Ordinal));
            Assert.Equal(socket == holder || socket == reader ? own : [], hidden.Select(frame => frame.Text("entity_id")));
            Assert.Equal(isWide, frames.Exists(frame => frame.TryGetProperty("entity_id", out var id) && id.GetString() == $"{open}/e"));
        }
    }

    [Theory]
    [InlineData("{0}/e")]
    [InlineData("{0}/*")]
    [InlineData("{0}/a/*")]
    public async Task Who_asks_for_a_private_namespace_by_name_and_has_no_right_is_told_so(string entity)
    {
        var (ns, _) = await server.RegisterPrivateAsync();
        var (open, openToken) = await server.RegisterAsync();
        var id = entity.Replace("{0}", ns, StringComparison.Ordinal);
        await using var socket = await OpenAsync();
        await socket.RefusedAsync($$"""{"type":"subscribe","sub":"s","entity":"{{id}}"}""", "wrong_namespace");
        await socket.RefusedAsync($$"""{"type":"subscribe","sub":"s","entity":["{{open}}/e","{{id}}"]}""", "wrong_namespace");
        await socket.RefusedAsync($$"""{"type":"subscribe","sub":"s","prefix":"{{ns}}/"}""", "wrong_namespace");
        var answer = await server.Http.GetAsync($"/api/stream?entity={Uri.EscapeDataString(id)}", OwnedServer.As(openToken));
        Assert.Equal((403, "wrong_namespace"), (answer.Status, answer.Code));
        Assert.Empty(await socket.PingAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_token_that_is_revoked_ends_its_sockets_with_4401_and_its_streams(bool isShownLater)
    {
        var (ns, token) = await server.RegisterPrivateAsync();
        var (id, reading) = await server.IssueAsync(ns);
        await using var socket = isShownLater ? await OpenAsync() : await OpenAsync(OwnedServer.As(reading));
        if (isShownLater)
        {
            await ShowAsync(socket, reading);
        }

        await socket.SubscribeAsync("s", $"\"entity\":\"{ns}/*\"");
        await using var stream = await EventSource.OpenAsync($"{Stream}?entity={ns}/*", ("Authorization", $"Bearer {reading}"));
        await stream.NextAsync("subscribed", "position", "cursor");
        await server.SetAsync($"{ns}/before", token);
        Assert.Equal($"{ns}/before", (await socket.NextAsync()).Text("entity_id"));
        Assert.Equal($"{ns}/before", (await stream.NextAsync())!.Value.Text("entity_id"));

        await server.Http.DeleteAsync($"/api/namespaces/{ns}/tokens/{id}", OwnedServer.AsOperator);
        await server.SetAsync($"{ns}/after", token);

        Assert.Equal(4401, await socket.Raw.WaitForCloseAsync());
        Assert.Null(await stream.NextAsync());
    }

    [Fact]
    public async Task A_namespace_that_becomes_private_is_gone_from_subscriptions_without_its_token()
    {
        var (ns, token) = await server.RegisterAsync();
        var (open, openToken) = await server.RegisterAsync();
        await using var socket = await OpenAsync();
        await socket.SubscribeAsync("s", $"\"entity\":[\"{ns}/*\",\"{open}/end\"]");
        await server.SetAsync($"{ns}/e", token);
        await server.PutAsync($"/api/namespaces/{ns}", """{"private":true}""", OwnedServer.As(token));
        await server.SetAsync($"{ns}/e", token, "{\"n\":2}");
        await server.SetAsync($"{open}/end", openToken);

        Assert.Equal([$"{ns}/e", $"{open}/end"], (await socket.ThroughAsync(frame => frame.Text("entity_id") == $"{open}/end")).Select(frame => frame.Text("entity_id")));
    }

    [Fact]
    public async Task The_sockets_and_subscriptions_of_a_namespace_are_limited_whichever_way_the_token_is_shown()
    {
        var (ns, token) = await server.RegisterAsync();
        await server.AdministerAsync(ns, """{"limits":{"sockets":3,"subscriptions":5}}""");
        await using var first = await OpenAsync(OwnedServer.As(token));
        await using var second = await OpenAsync();
        await ShowAsync(second, token);
        await using var third = await EventSource.OpenAsync($"{Stream}?entity={ns}/a&entity={ns}/b", ("Authorization", $"Bearer {token}"));

        await using var fourth = await OpenAsync();
        await fourth.RefusedAsync(Auth(token), "rate_limited");
        var upgrade = await server.Http.SendAsync(RawWebSocket.Handshake("/api/ws", NewerSocket.Offer, OwnedServer.As(token)));
        Assert.Equal(429, upgrade.Status);
        Assert.Equal(429, (await server.Http.GetAsync($"/api/stream?entity={ns}/a", OwnedServer.As(token))).Status);

        await first.SubscribeAsync("a", $"\"entity\":[\"{ns}/a\",\"{ns}/b\"]");
        await second.RefusedAsync($$"""{"type":"subscribe","sub":"a","entity":["{{ns}}/a","{{ns}}/b"]}""", "too_many_subscriptions");
        await second.SubscribeAsync("b", $"\"entity\":\"{ns}/a\"");
        await first.AskAsync("""{"type":"unsubscribe","sub":"a"}""");
        await second.SubscribeAsync("a", $"\"entity\":[\"{ns}/a\",\"{ns}/b\"]");
    }

    private string Stream => $"http://127.0.0.1:{server.Http.Port}/api/stream";

    private static string Auth(string token) => $$"""{"type":"auth","token":{{JsonSerializer.Serialize(token)}}}""";

    private static Task<JsonElement> ShowAsync(NewerSocket socket, string token) => socket.AskAsync(Auth(token));

    private Task<NewerSocket> OpenAsync(params string[] headers) => NewerSocket.OpenAsync(server.Http.Port, headers);
}
