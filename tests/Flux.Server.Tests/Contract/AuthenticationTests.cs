using Flux.Server.Tests.BadInput;
using Flux.Server.Tests.Namespaces;

namespace Flux.Server.Tests.Contract;

/// <summary>Wire contract, section 10.</summary>
public sealed class AuthenticationTests(OwnedServer server)
{
    [Theory]
    [InlineData(null, "Authorization token not provided")]
    [InlineData("Authorization:", "Authorization token not provided")]
    [InlineData("Authorization: Basic x", "Invalid authorization token format")]
    [InlineData("Authorization: x", "Invalid authorization token format")]
    [InlineData("Authorization: Bearerx", "Invalid authorization token format")]
    [InlineData("Authorization: Bearer", "Authorization token is empty")]
    [InlineData("Authorization: Bearer   ", "Authorization token is empty")]
    public async Task A_publish_without_a_readable_token_is_a_401_that_says_why(string? header, string text)
    {
        var (ns, _) = await server.RegisterAsync();

        var answer = await server.PublishAsync($"{ns}/e", header);

        Wire.AssertRefused(answer, 401, text);
        Assert.Equal("Bearer", answer.Header("WWW-Authenticate"));
    }

    [Theory]
    [InlineData("Bearer {0}")]
    [InlineData("bearer {0}")]
    [InlineData("BEARER  {0} ")]
    public async Task The_owner_publishes_whatever_the_case_of_bearer(string header)
    {
        var (ns, token) = await server.RegisterAsync();

        var answer = await server.PublishAsync($"{ns}/e", $"Authorization: {string.Format(null, header, token)}");

        Assert.True(answer.Status == 200, $"{answer}");
        Assert.True(await server.Http.ExistsAsync($"{ns}/e"), "reads need no token");
    }

    [Theory]
    [InlineData("{\"properties\":{\"n\":1}}")]
    [InlineData("{\"entity_id\":5,\"properties\":{\"n\":1}}")]
    [InlineData("{\"entity_id\":null}")]
    public async Task A_publish_without_an_entity_id_is_a_401_that_names_it(string payload)
    {
        var (_, token) = await server.RegisterAsync();

        Wire.AssertRefused(await server.Http.PostAsync("/api/events", Good.With(payload: payload), OwnedServer.As(token)), 401, "entity_id");
    }

    [Theory]
    [InlineData("")]
    [InlineData("/e")]
    [InlineData("e")]
    [InlineData("{0}/")]
    [InlineData("{0}//e")]
    [InlineData("{0}/e/")]
    [InlineData("ab/e")]
    [InlineData("Acme/e")]
    [InlineData("$flux/namespaces/{0}")]
    public async Task A_publish_to_an_id_that_nobody_can_own_is_a_401_that_quotes_it(string form)
    {
        var (ns, token) = await server.RegisterAsync();
        var id = string.Format(null, form, ns);

        Wire.AssertRefused(await server.PublishAsync(id, OwnedServer.As(token)), 401, $"'{id}'");
    }

    [Fact]
    public async Task More_slashes_in_the_rest_are_allowed()
    {
        var (ns, token) = await server.RegisterAsync();

        Assert.Equal(200, (await server.PublishAsync($"{ns}/issue/owner/name/12", OwnedServer.As(token))).Status);
    }

    [Fact]
    public async Task A_publish_to_a_namespace_that_is_not_registered_is_a_401()
    {
        var (_, token) = await server.RegisterAsync();
        var unknown = Wire.NewNamespace();

        Wire.AssertRefused(await server.PublishAsync($"{unknown}/e", OwnedServer.As(token)), 401, $"Namespace '{unknown}' not found");
    }

    [Fact]
    public async Task Another_namespaces_token_and_an_unknown_one_are_a_403()
    {
        var (ns, _) = await server.RegisterAsync();
        var (_, others) = await server.RegisterAsync();

        var wrong = await server.PublishAsync($"{ns}/e", OwnedServer.As(others));
        var unknown = await server.PublishAsync($"{ns}/e", OwnedServer.As("made-up"));

        Wire.AssertRefused(wrong, 403, $"Token does not have permission to write to namespace '{ns}'");
        Assert.Equal("wrong_namespace", wrong.Code);
        Wire.AssertRefused(unknown, 403);
        Assert.Equal("unknown_token", unknown.Code);
        Assert.False(await server.Http.ExistsAsync($"{ns}/e"));
    }

    [Fact]
    public async Task A_malformed_event_without_a_token_is_a_400() =>
        Wire.AssertRefused(await server.Http.PostAsync("/api/events", Good.With(source: "")), 400, "source");

    [Fact]
    public async Task A_batch_is_a_200_with_a_row_for_each_refusal()
    {
        var (ns, token) = await server.RegisterAsync();
        var (other, _) = await server.RegisterAsync();
        var events = $"[{Good.Event($"{ns}/e", "{\"n\":1}")},{Good.Event($"{other}/e", "{\"n\":1}", "mine")},{Good.Event("e", "{}")}]";

        var mixed = await server.Http.PostAsync("/api/events/batch", events, OwnedServer.As(token));
        var nobody = await server.Http.PostAsync("/api/events/batch", events);

        Assert.Equal(200, mixed.Status);
        Assert.Equal((1, 2), (mixed.Json.GetProperty("successful").GetInt32(), mixed.Json.GetProperty("failed").GetInt32()));
        var rows = mixed.Json.GetProperty("results");
        Assert.Null(rows[0].Text("error"));
        Assert.Equal("mine", rows[1].Text("eventId"));
        Assert.StartsWith("authorization failed: Token does not have permission", rows[1].Text("error"), StringComparison.Ordinal);
        Assert.StartsWith("authorization failed: ", rows[2].Text("error"), StringComparison.Ordinal);
        Assert.Equal(200, nobody.Status);
        Assert.Equal(3, nobody.Json.GetProperty("failed").GetInt32());
        Assert.False(await server.Http.ExistsAsync($"{other}/e"));
    }

    [Fact]
    public async Task A_row_that_was_refused_tells_the_id_that_the_event_would_have_got()
    {
        var answer = await server.Http.PostAsync("/api/events/batch", $"[{Good.Event("acme/e", "{}")}]");

        var row = answer.Json.GetProperty("results")[0];
        Assert.Equal(7, Guid.Parse(row.Text("eventId")!).Version);
        Assert.Equal(("test", "authorization failed: Authorization token not provided"), (row.Text("stream"), row.Text("error")));
    }

    [Fact]
    public async Task The_owner_deletes()
    {
        var (ns, token) = await server.RegisterAsync();
        await server.PublishAsync($"{ns}/e", OwnedServer.As(token));

        Assert.Equal(200, (await server.Http.DeleteAsync(RawRequest.EntityPath($"{ns}/e"), OwnedServer.As(token))).Status);
        Assert.False(await server.Http.ExistsAsync($"{ns}/e"));
    }

    [Fact]
    public async Task A_delete_tells_its_refusals_apart_in_its_own_way()
    {
        var (ns, _) = await server.RegisterAsync();
        var (_, others) = await server.RegisterAsync();
        var path = RawRequest.EntityPath($"{ns}/e");

        Wire.AssertRefused(await server.Http.DeleteAsync(path), 401);
        Wire.AssertRefused(await server.Http.DeleteAsync(path, "Authorization: Basic x"), 401);
        Wire.AssertRefused(await server.Http.DeleteAsync(RawRequest.EntityPath($"{ns}//e"), OwnedServer.As(others)), 400, $"{ns}//e");
        Wire.AssertRefused(await server.Http.DeleteAsync(RawRequest.EntityPath($"{Wire.NewNamespace()}/e"), OwnedServer.As(others)), 403,
            "Token does not own namespace");
        Wire.AssertRefused(await server.Http.DeleteAsync(path, OwnedServer.As(others)), 403);
        Wire.AssertRefused(await server.Http.DeleteAsync(path, OwnedServer.As("made-up")), 403, "Token does not own namespace");
    }

    [Fact]
    public async Task A_delete_of_an_id_without_a_namespace_is_a_401()
    {
        var (_, token) = await server.RegisterAsync();

        Wire.AssertRefused(await server.Http.DeleteAsync(RawRequest.EntityPath("no-namespace"), OwnedServer.As(token)), 401, "'no-namespace'");
        Wire.AssertRefused(await server.PostJsonAsync($"{Wire.Entities}/delete", "{\"entity_ids\":[\"no-namespace\"]}", OwnedServer.As(token)), 401);
        Wire.AssertRefused(await server.PostJsonAsync($"{Wire.Entities}/delete", "{\"entity_ids\":[\"\"]}", OwnedServer.As(token)), 400);
    }

    [Fact]
    public async Task A_batch_delete_is_read_and_counted_before_its_token_is_looked_at()
    {
        const string Many = $"{Wire.Entities}/delete";
        var ids = string.Join(',', Enumerable.Repeat("\"acme/e\"", 10_001));

        Wire.AssertRefused(await server.PostJsonAsync(Many, "{"), 400);
        Wire.AssertRefused(await server.Http.PostAsync(Many, "{\"entity_ids\":[]}", "Content-Type: text/plain"), 415);
        Wire.AssertRefused(await server.PostJsonAsync(Many, "{}"), 400);
        Wire.AssertRefused(await server.PostJsonAsync(Many, $"{{\"entity_ids\":[{ids}]}}"), 400, "Batch too large");
        Wire.AssertRefused(await server.PostJsonAsync(Many, "{\"entity_ids\":[\"acme/e\"]}"), 401);
    }

    [Fact]
    public async Task A_delete_takes_bearer_in_any_case()
    {
        var (ns, token) = await server.RegisterAsync();

        Assert.Equal(200, (await server.Http.DeleteAsync(RawRequest.EntityPath($"{ns}/e"), $"Authorization: bearer {token}")).Status);
    }

    [Fact]
    public async Task One_refusal_refuses_a_whole_batch_delete()
    {
        var (ns, token) = await server.RegisterAsync();
        var (other, _) = await server.RegisterAsync();
        await server.PublishAsync($"{ns}/e", OwnedServer.As(token));

        var refused = await server.PostJsonAsync($"{Wire.Entities}/delete", $"{{\"entity_ids\":[\"{ns}/e\",\"{other}/e\"]}}", OwnedServer.As(token));
        Assert.True(await server.Http.ExistsAsync($"{ns}/e"));
        var done = await server.PostJsonAsync($"{Wire.Entities}/delete", $"{{\"namespace\":\"{ns}\"}}", OwnedServer.As(token));

        Wire.AssertRefused(refused, 403);
        Assert.Equal(1, done.Json.GetProperty("deleted").GetInt32());
    }

    [Theory]
    [InlineData("")]
    [InlineData("Authorization: Bearer wrong")]
    [InlineData("Authorization: Basic x")]
    public async Task Reads_never_need_a_token_and_take_any_id(string header)
    {
        var (ns, token) = await server.RegisterAsync();
        await server.PublishAsync($"{ns}/e", OwnedServer.As(token));
        string[] headers = header.Length == 0 ? [] : [header];

        Assert.Equal(200, (await server.Http.GetAsync(RawRequest.EntityPath($"{ns}/e"), headers)).Status);
        Assert.Equal(404, (await server.Http.GetAsync(RawRequest.EntityPath("no-namespace"), headers)).Status);
        Assert.Equal(1, (await server.Http.GetAsync($"{Wire.Entities}?namespace={ns}", headers)).Json.GetArrayLength());
        Assert.Equal(1, (await server.Http.GetAsync($"/api/events?entity={ns}/e", headers)).Json.GetArrayLength());
        Assert.Equal(200, (await server.Http.GetAsync($"/api/namespaces/{ns}", headers)).Status);
        Assert.Equal(200, (await server.Http.GetAsync("/api/admin/config", headers)).Status);
        await using var socket = await RawWebSocket.OpenAsync(server.Http.Port, "/api/ws", headers);
        await server.PublishAsync($"{ns}/e", OwnedServer.As(token));
        await socket.NextAboutAsync($"{ns}/e");
    }

    [Fact]
    public async Task A_batch_delete_that_selects_nothing_needs_no_token() =>
        Assert.Equal(0, (await server.PostJsonAsync($"{Wire.Entities}/delete", "{\"entity_ids\":[]}")).Json.GetProperty("deleted").GetInt32());

    [Fact]
    public async Task The_size_of_a_body_is_judged_before_its_token() =>
        Wire.AssertRefused(await server.Http.PostAsync("/api/events", Good.With().PadRight(1_048_577)), 413, "payload too large");

    [Fact]
    public async Task The_operators_token_does_not_publish()
    {
        var (ns, _) = await server.RegisterAsync();

        Wire.AssertRefused(await server.PublishAsync($"{ns}/e", OwnedServer.AsOperator), 403);
    }

    [Fact]
    public async Task A_refusal_may_be_read_from_any_origin()
    {
        var (ns, _) = await server.RegisterAsync();

        RawAnswer[] refusals = [await server.PublishAsync($"{ns}/e", null), await server.PublishAsync($"{ns}/e", OwnedServer.As("made-up"))];

        Assert.Equal([401, 403], refusals.Select(answer => answer.Status));
        Assert.All(refusals, answer => Assert.Equal("*", answer.Header("Access-Control-Allow-Origin")));
    }
}
