using System.Text.Json;
using Flux.Core.Namespaces;
using Flux.Server.Tests.Namespaces;

namespace Flux.Server.Tests.Contract;

/// <summary>Wire contract, section 13.</summary>
public sealed class NamespaceTests(OwnedServer server, ServerFixture open)
{
    [Fact]
    public async Task Registration_is_answered_with_id_name_and_token()
    {
        var name = Wire.NewNamespace();

        var answer = await RegisterAsync($"{{\"name\":\"{name}\"}}");

        Assert.Equal(200, answer.Status);
        Assert.Equal(["name", "namespaceId", "token"], answer.Json.Members());
        Assert.Equal(name, answer.Json.Text("name"));
        Assert.Matches("^ns_[0-9a-z]{8}$", answer.Json.Text("namespaceId"));
        Assert.True(AccessToken.TryHash(answer.Json.Text("token"), out _));
    }

    [Theory]
    [InlineData("ab", "too short (minimum 3")]
    [InlineData("", "too short (minimum 3")]
    [InlineData("abcdefghijklmnopqrstuvwxyz0123456", "too long (maximum 32")]
    [InlineData("Acme", "invalid character 'A'")]
    [InlineData("a/b", "invalid character '/'")]
    public async Task A_name_that_breaks_the_rule_is_a_400_that_says_how(string name, string text) =>
        Wire.AssertRefused(await RegisterAsync($"{{\"name\":{JsonSerializer.Serialize(name)}}}"), 400, text);

    [Fact]
    public async Task Dashes_alone_are_a_name() =>
        Assert.Equal(200, (await RegisterAsync("{\"name\":\"---\"}")).Status);

    [Fact]
    public async Task Names_of_3_and_of_32_characters_are_names()
    {
        Assert.Equal(200, (await RegisterAsync("{\"name\":\"x_9\"}")).Status);
        Assert.Equal(200, (await RegisterAsync($"{{\"name\":\"{Wire.NewNamespace().PadRight(32, '_')}\"}}")).Status);
    }

    [Fact]
    public async Task A_name_that_was_ever_private_or_banned_is_not_free_again()
    {
        var (hidden, _) = await server.RegisterPrivateAsync();
        await server.PutAsync($"/api/namespaces/{hidden}", """{"private":false}""", OwnedServer.AsOperator);
        var (banned, _) = await server.RegisterAsync();
        await server.AdministerAsync(banned, """{"state":"banned"}""");

        foreach (var name in (string[])[hidden, banned])
        {
            Assert.Equal(204, (await server.Http.DeleteAsync($"/api/namespaces/{name}", OwnedServer.AsOperator)).Status);
            Wire.AssertRefused(await RegisterAsync($"{{\"name\":\"{name}\"}}"), 409, "Namespace name already exists");
        }
    }

    [Fact]
    public async Task A_taken_name_is_a_409()
    {
        var (name, _) = await server.RegisterAsync();

        Wire.AssertRefused(await RegisterAsync($"{{\"name\":\"{name}\"}}"), 409, "Namespace name already exists");
    }

    [Theory]
    [InlineData("")]
    [InlineData("Authorization: Bearer wrong")]
    public async Task Registration_needs_the_admin_token_before_the_name_is_looked_at(string header)
    {
        var answer = await server.PostJsonAsync("/api/namespaces", "{\"name\":\"A\"}", header.Length == 0 ? [] : [header]);

        Wire.AssertRefused(answer, 401, "Admin token required");
    }

    [Fact]
    public async Task A_namespaces_token_is_no_admin_token()
    {
        var (name, token) = await server.RegisterAsync();

        Wire.AssertRefused(await server.Http.DeleteAsync($"/api/namespaces/{name}", OwnedServer.As(token)), 401, "Admin token required");
    }

    [Theory]
    [InlineData("{", 400)]
    [InlineData("[]", 400)]
    [InlineData("{\"name\":7}", 400)]
    [InlineData("{}", 400)]
    public async Task A_body_that_is_none_is_refused_before_the_token_is_looked_at(string body, int status) =>
        Wire.AssertRefused(await server.PostJsonAsync("/api/namespaces", body), status);

    [Fact]
    public async Task A_body_that_is_not_said_to_be_json_is_a_415() =>
        Wire.AssertRefused(await server.Http.PostAsync("/api/namespaces", "{\"name\":\"acme\"}", "Content-Type: text/plain", OwnedServer.AsOperator), 415);

    [Fact]
    public async Task A_look_up_shows_id_name_and_time_and_never_the_token()
    {
        var (name, token) = await server.RegisterAsync();

        var answer = await server.Http.GetAsync($"/api/namespaces/{name}");

        Assert.Equal(["createdAt", "entityCount", "name", "namespaceId"], answer.Json.Members());
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}|\.\d{6}|\.\d{9})?\+00:00$", answer.Json.Text("createdAt"));
        Assert.True(DateTimeOffset.TryParse(answer.Json.Text("createdAt"), null, out _));
        Assert.DoesNotContain(token, answer.Text, StringComparison.Ordinal);
        Wire.AssertRefused(await server.Http.GetAsync($"/api/namespaces/{Wire.NewNamespace()}"), 404, "Namespace not found");
        Wire.AssertRefused(await server.Http.GetAsync("/api/namespaces/A"), 404, "Namespace not found");
    }

    [Fact]
    public async Task Head_of_a_namespace_works_where_get_does()
    {
        var (name, _) = await server.RegisterAsync();

        var answer = await server.Http.SendAsync(RawRequest.Of("HEAD", $"/api/namespaces/{name}"));

        Assert.Equal((200, 0), (answer.Status, answer.Body.Length));
    }

    [Fact]
    public async Task Answers_are_compact_and_called_json()
    {
        var registered = await RegisterAsync($$"""{ "name" : "{{Wire.NewNamespace()}}" }""");
        var found = await server.Http.GetAsync($"/api/namespaces/{registered.Json.Text("name")}");

        Assert.All([registered, found], answer =>
        {
            Assert.Equal("application/json", answer.Header("Content-Type")?.Split(';')[0]);
            Assert.DoesNotContain(answer.Text, char.IsWhiteSpace);
        });
    }

    [Fact]
    public async Task After_deletion_the_token_is_dead_the_entities_stay_and_the_next_owner_gets_them()
    {
        var (name, token) = await server.RegisterAsync();
        await server.PublishAsync($"{name}/e", OwnedServer.As(token));

        var deleted = await server.Http.DeleteAsync($"/api/namespaces/{name}", OwnedServer.AsOperator);

        Assert.Equal((204, 0), (deleted.Status, deleted.Body.Length));
        Wire.AssertRefused(await server.PublishAsync($"{name}/e", OwnedServer.As(token)), 401, "not found");
        Wire.AssertRefused(await server.Http.GetAsync($"/api/namespaces/{name}"), 404);
        Assert.True(await server.Http.ExistsAsync($"{name}/e"));
        Wire.AssertRefused(await server.Http.DeleteAsync($"/api/namespaces/{name}", OwnedServer.AsOperator), 404, "Namespace not found");
        var (_, next) = await server.RegisterAsync(name);
        Assert.Equal(2, (await server.PublishAsync($"{name}/e", OwnedServer.As(next))).Json.GetProperty("version").GetInt64());
        Wire.AssertRefused(await server.PublishAsync($"{name}/e", OwnedServer.As(token)), 403);
    }

    [Fact]
    public async Task Deletion_needs_the_admin_token() =>
        Wire.AssertRefused(await server.Http.DeleteAsync($"/api/namespaces/{Wire.NewNamespace()}"), 401, "Admin token required");

    [Fact]
    public async Task Without_authentication_registration_and_look_up_do_not_exist_and_deletion_finds_nothing()
    {
        const string Text = "Namespace registration not available (auth disabled)";

        Wire.AssertRefused(await open.PostAsync("/api/namespaces", "{\"name\":\"acme\"}", "Content-Type: application/json"), 404, Text);
        Wire.AssertRefused(await open.GetAsync("/api/namespaces/acme"), 404, Text);
        Wire.AssertRefused(await open.DeleteAsync("/api/namespaces/acme"), 404, "Namespace not found");
    }

    [Theory]
    [InlineData("{", "application/json", 400)]
    [InlineData("{\"name\":7}", "application/json", 400)]
    [InlineData("{\"name\":\"acme\"}", "text/plain", 415)]
    public async Task A_body_that_is_none_is_refused_before_the_mode_is_looked_at(string body, string type, int status) =>
        Wire.AssertRefused(await open.PostAsync("/api/namespaces", body, $"Content-Type: {type}"), status);

    [Fact]
    public async Task A_namespace_can_be_deleted_while_authentication_is_off()
    {
        await using var server = new OwnedServer();
        await server.InitializeAsync();
        var (name, _) = await server.RegisterAsync();
        await server.Http.KillAsync();
        server.Http.Environment["FLUX_AUTH_ENABLED"] = "false";
        await server.Http.StartAsync();

        Wire.AssertRefused(await server.Http.DeleteAsync($"/api/namespaces/{name}"), 401, "Admin token required");
        Assert.Equal(204, (await server.Http.DeleteAsync($"/api/namespaces/{name}", OwnedServer.AsOperator)).Status);
        Wire.AssertRefused(await server.Http.DeleteAsync($"/api/namespaces/{name}", OwnedServer.AsOperator), 404, "Namespace not found");
    }

    [Fact]
    public async Task Registrations_survive_a_kill()
    {
        await using var mortal = new OwnedServer();
        await mortal.InitializeAsync();
        var (name, token) = await mortal.RegisterAsync();
        await mortal.Http.KillAsync();

        await mortal.Http.StartAsync();

        Assert.Equal(200, (await mortal.PublishAsync($"{name}/e", OwnedServer.As(token))).Status);
        Assert.Equal(409, (await mortal.PostJsonAsync("/api/namespaces", $"{{\"name\":\"{name}\"}}", OwnedServer.AsOperator)).Status);
    }

    [Fact]
    public async Task A_thousand_who_claim_one_name_at_once_make_one_owner()
    {
        var name = Wire.NewNamespace();

        var answers = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => RegisterAsync($"{{\"name\":\"{name}\"}}")));

        var token = Assert.Single(answers, answer => answer.Status == 200).Json.Text("token")!;
        Assert.Equal(999, answers.Count(answer => answer.Status == 409));
        Assert.Equal(200, (await server.PublishAsync($"{name}/e", OwnedServer.As(token))).Status);
    }

    private Task<RawAnswer> RegisterAsync(string body) => server.PostJsonAsync("/api/namespaces", body, OwnedServer.AsOperator);
}
