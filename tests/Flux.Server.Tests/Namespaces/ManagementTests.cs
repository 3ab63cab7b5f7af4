using System.Globalization;
using System.Text.Json;
using Flux.Core.Namespaces;
using Flux.Server.Tests.BadInput;
using Flux.Server.Tests.Contract;

namespace Flux.Server.Tests.Namespaces;

/// <summary>Namespaces and tokens over HTTP: what their owners and the operator see and change.</summary>
public sealed class ManagementTests(OwnedServer server, ServerFixture open)
{
    [Fact]
    public async Task The_owner_makes_a_namespace_private_and_open_again()
    {
        var (ns, token) = await server.RegisterAsync();
        await server.SetAsync($"{ns}/e", token);

        var closed = await server.PutAsync($"/api/namespaces/{ns}", """{"private":true}""", OwnedServer.As(token));

        Assert.Equal(["createdAt", "limits", "name", "namespaceId", "private", "state", "tokens"], closed.Members());
        Assert.True(closed.GetProperty("private").GetBoolean());
        Assert.False(await server.Http.ExistsAsync($"{ns}/e"));
        Assert.Equal(200, (await server.Http.GetAsync(RawRequest.EntityPath($"{ns}/e"), OwnedServer.As(token))).Status);
        await server.PutAsync($"/api/namespaces/{ns}", """{"private":false}""", OwnedServer.AsOperator);
        Assert.True(await server.Http.ExistsAsync($"{ns}/e"));
    }

    [Fact]
    public async Task A_token_is_shown_once_and_its_hash_never()
    {
        var (ns, owner) = await server.RegisterAsync();

        var issued = await server.PostJsonAsync(Tokens(ns), """{"scope":"write","label":"line 1"}""", OwnedServer.As(owner));
        var list = await server.Http.GetAsync(Tokens(ns), OwnedServer.As(owner));

        Assert.Equal(["createdAt", "id", "label", "scope", "token"], issued.Json.Members());
        var text = issued.Json.Text("token")!;
        Assert.StartsWith("flux_write_", text, StringComparison.Ordinal);
        var rows = list.Json.EnumerateArray().ToList();
        Assert.Equal([("admin", "first"), ("write", "line 1")], rows.Select(row => (row.Text("scope"), row.Text("label"))));
        Assert.Equal(["createdAt", "id", "label", "scope"], rows[1].Members());
        AssertHoldsNoSecret(list, owner, text);
    }

    [Fact]
    public async Task A_token_opens_what_its_prefix_says_and_no_longer_than_it_lives()
    {
        var (ns, owner) = await server.RegisterAsync();
        var request = $$"""{"scope":"write","entityPrefix":"{{ns}}/line-1/","expiresInSeconds":60}""";

        var issued = await server.PostJsonAsync(Tokens(ns), request, OwnedServer.As(owner));

        var token = OwnedServer.As(issued.Json.Text("token")!);
        Assert.Equal(200, (await server.PublishAsync($"{ns}/line-1/robot", token)).Status);
        var beside = await server.PublishAsync($"{ns}/line-2/robot", token);
        Assert.Equal((403, "wrong_namespace"), (beside.Status, beside.Code));
        var lifetime = At(issued.Json, "expiresAt") - At(issued.Json, "createdAt");
        Assert.Equal(TimeSpan.FromSeconds(60), lifetime);
    }

    [Fact]
    public async Task Whoever_may_see_a_part_of_a_namespace_sees_no_cause_and_no_effect_beside_it()
    {
        var (ns, owner) = await server.RegisterPrivateAsync();
        var (_, part) = await server.IssueAsync(ns, $$"""{"scope":"read","entityPrefix":"{{ns}}/line-1/"}""");
        string Event(string id, string entity, string? cause) => Good.With(
            payload: $"{{\"entity_id\":\"{ns}/{entity}\",\"properties\":{{\"n\":1}}}}", more: $",\"eventId\":\"{id}\"{(cause is null ? "" : $",\"caused_by\":\"{cause}\"")}");
        foreach (var sent in (string[])
            [Event("root", "line-1/a", null), Event("beside", "line-2/secret", "root"), Event("leaf", "line-1/b", "beside"), Event("last", "line-2/secret", "leaf")])
        {
            Assert.Equal(200, (await server.Http.PostAsync("/api/events", sent, OwnedServer.As(owner))).Status);
        }

        async Task<(string?[] Causes, string?[] Effects)> AskAsync(string id, string token)
        {
            var answer = await server.Http.GetAsync($"/api/why?event={id}&namespace={ns}", OwnedServer.As(token));
            Assert.True(answer.Status == 200, $"{answer}");
            return (Names(answer.Json, "causes"), Names(answer.Json, "effects"));
        }

        var (causes, effects) = await AskAsync("leaf", part);
        Assert.Equal(["root"], causes);
        Assert.Empty(effects);
        Assert.Equal(["leaf"], (await AskAsync("root", part)).Effects);
        Assert.Equal(["beside", "leaf", "last"], (await AskAsync("root", owner)).Effects);
        Assert.Equal(404, (await server.Http.GetAsync($"/api/why?event=beside&namespace={ns}", OwnedServer.As(part))).Status);
        static string?[] Names(JsonElement answer, string member) => [.. answer.GetProperty(member).EnumerateArray().Select(shown => shown.Text("eventId"))];
    }

    [Theory]
    [InlineData("{}", "missing_field")]
    [InlineData("""{"scope":"owner"}""", "invalid_field")]
    [InlineData("""{"scope":1}""", "invalid_field")]
    [InlineData("""{"scope":"read","label":7}""", "invalid_field")]
    [InlineData("""{"scope":"read","label":"a\nb"}""", "invalid_field")]
    [InlineData("""{"scope":"read","expiresInSeconds":0}""", "invalid_field")]
    [InlineData("""{"scope":"read","expiresInSeconds":1.5}""", "invalid_field")]
    [InlineData("""{"scope":"read","entityPrefix":"NS"}""", "invalid_field")]
    [InlineData("""{"scope":"read","entityPrefix":"NS-2/x"}""", "invalid_field")]
    [InlineData("""{"scope":"admin","entityPrefix":"NS/x"}""", "invalid_field")]
    [InlineData("[]", "invalid_request")]
    public async Task A_request_for_a_token_that_makes_no_sense_is_a_400_that_names_the_member(string request, string code)
    {
        var (ns, owner) = await server.RegisterAsync();

        var answer = await server.PostJsonAsync(Tokens(ns), request.Replace("NS", ns, StringComparison.Ordinal), OwnedServer.As(owner));

        Assert.Equal((400, code), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task A_rotated_token_works_for_its_grace_time_and_says_so()
    {
        var (ns, owner) = await server.RegisterAsync();
        var (id, old) = await server.IssueAsync(ns, """{"scope":"write","label":"line 1"}""");

        var next = await server.PostJsonAsync($"{Tokens(ns)}/{id}/rotate", "{}", OwnedServer.As(owner));

        Assert.Equal(("write", "line 1"), (next.Json.Text("scope"), next.Json.Text("label")));
        var withOld = await server.PublishAsync($"{ns}/e", OwnedServer.As(old));
        Assert.Equal(200, withOld.Status);
        Assert.StartsWith($"replaced by {next.Json.Text("id")}; works until ", withOld.Header("Flux-Token-Notice"), StringComparison.Ordinal);
        Assert.NotNull((await server.Http.GetAsync(RawRequest.EntityPath($"{ns}/e"), OwnedServer.As(old))).Header("Flux-Token-Notice"));
        Assert.Equal(200, (await server.PublishAsync($"{ns}/e", OwnedServer.As(next.Json.Text("token")!))).Status);
        var row = (await server.Http.GetAsync(Tokens(ns), OwnedServer.As(owner))).Json.EnumerateArray().Single(token => token.Text("id") == id);
        Assert.Equal(next.Json.Text("id"), row.Text("replacedBy"));
        var grace = At(row, "expiresAt") - At(next.Json, "createdAt");
        Assert.Equal(3600, grace.TotalSeconds, tolerance: 2);
    }

    [Theory]
    [InlineData("""{"graceSeconds":-1}""")]
    [InlineData("""{"graceSeconds":2592001}""")]
    [InlineData("""{"graceSeconds":"0"}""")]
    public async Task A_grace_time_is_from_none_to_thirty_days(string request)
    {
        var (ns, owner) = await server.RegisterAsync();
        var (id, _) = await server.IssueAsync(ns);

        Wire.AssertRefused(await server.PostJsonAsync($"{Tokens(ns)}/{id}/rotate", request, OwnedServer.As(owner)), 400, "graceSeconds");
    }

    [Fact]
    public async Task A_revoked_token_is_dead_at_once_and_revoking_it_again_changes_nothing()
    {
        var (ns, owner) = await server.RegisterAsync();
        var (id, token) = await server.IssueAsync(ns, """{"scope":"write"}""");

        var first = await server.Http.DeleteAsync($"{Tokens(ns)}/{id}", OwnedServer.As(owner));
        var again = await server.Http.DeleteAsync($"{Tokens(ns)}/{id}", OwnedServer.As(owner));

        Assert.Equal((204, 204), (first.Status, again.Status));
        Assert.Equal("revoked_token", (await server.PublishAsync($"{ns}/e", OwnedServer.As(token))).Code);
        Wire.AssertRefused(await server.Http.DeleteAsync($"{Tokens(ns)}/tok_00000000", OwnedServer.As(owner)), 404);
        Wire.AssertRefused(await server.PostJsonAsync($"{Tokens(ns)}/{id}/rotate", "{}", OwnedServer.As(owner)), 404);
    }

    [Theory]
    [InlineData("read")]
    [InlineData("write")]
    public async Task A_token_of_less_than_admin_manages_nothing(string scope)
    {
        var (ns, _) = await server.RegisterAsync();
        var (id, token) = await server.IssueAsync(ns, $$"""{"scope":"{{scope}}"}""");

        RawAnswer[] answers = await AskAllAsync(ns, id, OwnedServer.As(token));

        Assert.All(answers, answer => Assert.Equal((403, "insufficient_scope"), (answer.Status, answer.Code)));
    }

    [Fact]
    public async Task Another_namespaces_admin_manages_nothing_here()
    {
        var (ns, _) = await server.RegisterAsync();
        var (_, other) = await server.RegisterAsync();

        RawAnswer[] answers = await AskAllAsync(ns, "tok_00000000", OwnedServer.As(other));

        Assert.All(answers, answer => Assert.Equal((403, "wrong_namespace"), (answer.Status, answer.Code)));
    }

    [Theory]
    [InlineData("A", 404)]
    [InlineData("ab", 404)]
    [InlineData("$flux", 404)]
    [InlineData("nobodys", 404)]
    public async Task A_namespace_that_is_not_there_is_a_404_for_the_operator(string ns, int status)
    {
        RawAnswer[] answers = await AskAllAsync(ns, "tok_00000000", OwnedServer.AsOperator);

        Assert.All(answers, answer => Wire.AssertRefused(answer, status, "Namespace not found"));
    }

    [Fact]
    public async Task A_banned_namespaces_admin_is_told_so_and_a_suspended_ones_may_still_revoke()
    {
        var (ns, owner) = await server.RegisterAsync();
        var (id, writer) = await server.IssueAsync(ns, """{"scope":"write"}""");
        await server.AdministerAsync(ns, """{"state":"suspended"}""");

        Assert.Equal("namespace_suspended", (await server.PublishAsync($"{ns}/e", OwnedServer.As(writer))).Code);
        Assert.Equal(204, (await server.Http.DeleteAsync($"{Tokens(ns)}/{id}", OwnedServer.As(owner))).Status);
        await server.AdministerAsync(ns, """{"state":"banned"}""");
        Assert.Equal("namespace_banned", (await server.Http.GetAsync(Tokens(ns), OwnedServer.As(owner))).Code);
        Assert.Equal(200, (await server.Http.GetAsync(Tokens(ns), OwnedServer.AsOperator)).Status);
    }

    [Fact]
    public async Task The_operator_sees_every_namespace_and_its_limits()
    {
        var (ns, token) = await server.RegisterAsync();
        var changed = await server.AdministerAsync(ns, """{"limits":{"eventsPerMinute":0,"entities":5,"sockets":1,"subscriptions":2,"eventBytes":100}}""");

        var list = await server.Http.GetAsync("/api/admin/namespaces", OwnedServer.AsOperator);

        Assert.Equal("""{"eventsPerMinute":0,"entities":5,"sockets":1,"subscriptions":2,"eventBytes":100}""", changed.GetProperty("limits").GetRawText());
        var row = list.Json.EnumerateArray().Single(row => row.Text("name") == ns);
        Assert.Equal(changed.GetRawText(), row.GetRawText());
        Assert.Equal(("active", 1), (row.Text("state"), row.GetProperty("tokens").GetInt32()));
        AssertHoldsNoSecret(list, token);
        var reset = await server.AdministerAsync(ns, """{"limits":{}}""");
        Assert.Equal("{}", reset.GetProperty("limits").GetRawText());
    }

    [Fact]
    public async Task An_event_larger_than_its_namespace_allows_is_a_413()
    {
        var (ns, token) = await server.RegisterAsync();
        await server.AdministerAsync(ns, """{"limits":{"eventBytes":200}}""");
        var large = Good.Event($"{ns}/e", $"{{\"v\":\"{new string('x', 200)}\"}}");

        var single = await server.Http.PostAsync("/api/events", large, OwnedServer.As(token));
        var batch = await server.Http.PostAsync("/api/events/batch", $"[{large},{Good.Event($"{ns}/e", "{\"n\":1}")}]", OwnedServer.As(token));

        Wire.AssertRefused(single, 413, "payload too large");
        Assert.Equal(1, batch.Json.GetProperty("successful").GetInt32());
        Assert.Equal("payload_too_large", batch.Json.GetProperty("results")[0].Text("code"));
    }

    [Fact]
    public async Task The_audit_trail_tells_who_did_what_in_order_and_page_by_page()
    {
        var (ns, owner) = await server.RegisterAsync();
        var (id, text) = await server.IssueAsync(ns, """{"scope":"write"}""");
        await server.PutAsync($"/api/namespaces/{ns}", """{"private":true}""", OwnedServer.As(owner));
        await server.AdministerAsync(ns, """{"state":"banned"}""");
        var first = (await server.Http.GetAsync(Tokens(ns), OwnedServer.AsOperator)).Json.EnumerateArray().Single(token => token.Text("label") == "first");

        var events = new List<JsonElement>();
        var after = 0L;
        while (true)
        {
            var page = await server.Http.GetAsync($"/api/admin/audit?namespace={ns}&after={after}&limit=2", OwnedServer.AsOperator);
            AssertHoldsNoSecret(page, owner, text);
            if (page.Json.GetProperty("events").GetArrayLength() == 0)
            {
                break;
            }

            events.AddRange(page.Json.GetProperty("events").EnumerateArray());
            after = page.Json.GetProperty("next").GetInt64();
        }

        Assert.Equal(
            [
                ("flux.namespaces.registered", "operator"), ("flux.namespaces.token.issued", "operator"),
                ("flux.namespaces.visibility.changed", first.Text("id")), ("flux.namespaces.state.changed", "operator"),
            ],
            events.Select(change => (change.Text("action"), change.Text("actor"))));
        Assert.Equal("write", events[1].GetProperty("changes").GetProperty($"token:{id}").Text("scope"));
        Assert.Equal("banned", events[3].GetProperty("changes").Text("state"));
        var all = await server.Http.GetAsync($"/api/admin/audit?after={events[0].GetProperty("position").GetInt64() - 1}&limit=500", OwnedServer.AsOperator);
        Assert.All(all.Json.GetProperty("events").EnumerateArray(), change => Assert.StartsWith("$flux/", change.Text("entity"), StringComparison.Ordinal));
        AssertHoldsNoSecret(all, owner, text);
    }

    [Fact]
    public async Task Nobody_reads_fluxs_own_records_as_entities()
    {
        var (ns, token) = await server.RegisterAsync();

        Assert.Equal(404, (await server.Http.GetAsync(RawRequest.EntityPath($"$flux/namespaces/{ns}"), OwnedServer.AsOperator)).Status);
        Assert.Empty(await server.Http.HistoryAsync($"$flux/namespaces/{ns}"));
        Assert.Empty(await server.Http.ListAsync("namespace=$flux"));
        Assert.DoesNotContain("$flux", (await server.Http.GetAsync(Wire.Entities, OwnedServer.As(token))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_authentication_there_is_nothing_to_manage()
    {
        RawAnswer[] answers =
        [
            await open.SendAsync(RawRequest.With("PUT", "/api/namespaces/acme", """{"private":true}"""u8.ToArray())),
            await open.GetAsync(Tokens("acme")),
            await open.GetAsync("/api/namespaces/acme/usage"),
            await open.PostAsync(Tokens("acme"), """{"scope":"read"}"""),
        ];

        Assert.All(answers, answer => Wire.AssertRefused(answer, 404, "auth disabled"));
    }

    [Fact]
    public async Task No_secret_is_ever_in_the_servers_log()
    {
        var (ns, token) = await server.RegisterAsync();
        await server.SetAsync($"{ns}/e", token);
        await server.PublishAsync($"{ns}/e", OwnedServer.As("flux_write_wrong"));

        Assert.DoesNotContain(server.Http.Output, line =>
            line.Contains("flux_admin_", StringComparison.Ordinal) || line.Contains("flux_write_", StringComparison.Ordinal)
            || line.Contains(OwnedServer.AdminToken, StringComparison.Ordinal));
    }

    private static string Tokens(string ns) => $"/api/namespaces/{ns}/tokens";

    private static DateTimeOffset At(JsonElement json, string member) => DateTimeOffset.Parse(json.Text(member)!, CultureInfo.InvariantCulture);

    private static void AssertHoldsNoSecret(RawAnswer answer, params string[] tokens)
    {
        Assert.True(answer.Status == 200, $"{answer}");
        Assert.DoesNotContain("hash", answer.Text, StringComparison.OrdinalIgnoreCase);
        Assert.All(tokens, token =>
        {
            Assert.DoesNotContain(token, answer.Text, StringComparison.Ordinal);
            Assert.DoesNotContain(TokenHash.Of(token).ToString(), answer.Text, StringComparison.OrdinalIgnoreCase);
        });
    }

    private async Task<RawAnswer[]> AskAllAsync(string ns, string tokenId, string authorization) =>
    [
        await server.Http.GetAsync(Tokens(ns), authorization),
        await server.Http.GetAsync($"/api/namespaces/{ns}/usage", authorization),
        await server.PostJsonAsync(Tokens(ns), """{"scope":"read"}""", authorization),
        await server.PostJsonAsync($"{Tokens(ns)}/{tokenId}/rotate", "{}", authorization),
        await server.Http.DeleteAsync($"{Tokens(ns)}/{tokenId}", authorization),
        await server.Http.SendAsync(RawRequest.With("PUT", $"/api/namespaces/{ns}", """{"private":true}"""u8.ToArray(), authorization)),
    ];
}
