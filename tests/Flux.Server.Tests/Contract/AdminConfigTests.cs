using Flux.Server.Tests.BadInput;
using Flux.Server.Tests.Namespaces;

namespace Flux.Server.Tests.Contract;

/// <summary>Wire contract, section 12.</summary>
/// <remarks>The server is everybody's, so who changes limits has one of its own.</remarks>
public sealed class AdminConfigTests(OwnedServer server)
{
    private const string Config = "/api/admin/config";
    private const string Defaults =
        """{"rate_limit_enabled":true,"rate_limit_per_namespace_per_minute":10000,"body_size_limit_single_bytes":1048576,"body_size_limit_batch_bytes":10485760}""";

    [Fact]
    public async Task The_limits_are_shown_to_all()
    {
        var answer = await server.Http.GetAsync(Config);

        Assert.Equal((200, Defaults), (answer.Status, answer.Text));
    }

    [Fact]
    public async Task A_subset_changes_and_the_whole_is_answered()
    {
        await using var own = new OwnedServer();
        await own.InitializeAsync();
        var one = await PutAsync(own, """{"rate_limit_enabled":false}""");
        var more = await PutAsync(own, """{"rate_limit_enabled":null,"body_size_limit_single_bytes":2000,"unknown":-1}""");

        Assert.Equal(Defaults.Replace("true", "false", StringComparison.Ordinal), one.Text);
        Assert.Equal(one.Text.Replace(":1048576,", ":2000,", StringComparison.Ordinal), more.Text);
        Assert.Equal(more.Text, (await own.Http.GetAsync(Config)).Text);
    }

    [Fact]
    public async Task A_change_acts_at_once()
    {
        await using var own = new OwnedServer();
        await own.InitializeAsync();
        var (ns, token) = await own.RegisterAsync();
        var json = Good.Event($"{ns}/e", "{\"n\":1}").PadRight(1001);

        await PutAsync(own, """{"body_size_limit_single_bytes":1000,"body_size_limit_batch_bytes":1000}""");

        Wire.AssertRefused(await own.Http.PostAsync("/api/events", json, OwnedServer.As(token)), 413, "payload too large");
        Wire.AssertRefused(await own.Http.PostAsync("/api/events/batch", $"[{json}]", OwnedServer.As(token)), 413, "payload too large");
        Assert.Equal(200, (await own.Http.PostAsync("/api/events", json.TrimEnd(), OwnedServer.As(token))).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Authorization: Bearer wrong")]
    [InlineData("Authorization: Basic the-operator-of-the-tests")]
    public async Task A_change_needs_the_admin_token(string header)
    {
        var answer = await server.Http.SendAsync(
            RawRequest.With("PUT", Config, """{"rate_limit_enabled":false}"""u8.ToArray(), header.Length == 0 ? [] : [header]));

        Wire.AssertRefused(answer, 401, "Unauthorized");
        Assert.Equal(Defaults, (await server.Http.GetAsync(Config)).Text);
    }

    [Theory]
    [InlineData("""{"rate_limit_per_namespace_per_minute":-1}""")]
    [InlineData("""{"rate_limit_per_namespace_per_minute":1.5}""")]
    [InlineData("""{"rate_limit_per_namespace_per_minute":"5000"}""")]
    [InlineData("""{"rate_limit_enabled":0}""")]
    [InlineData("""{"rate_limit_enabled":false,"body_size_limit_single_bytes":0}""")]
    public async Task A_mistyped_member_is_a_400_before_the_token_is_looked_at_and_changes_nothing(string body)
    {
        Wire.AssertRefused(await server.Http.SendAsync(RawRequest.With("PUT", Config, RawRequest.Bytes(body))), 400);
        Wire.AssertRefused(await server.Http.SendAsync(RawRequest.With("PUT", Config, RawRequest.Bytes(body), OwnedServer.AsOperator)), 400);
        Assert.Equal(Defaults, (await server.Http.GetAsync(Config)).Text);
    }

    [Fact]
    public async Task A_body_that_is_not_said_to_be_json_is_a_415()
    {
        var text = RawRequest.With("PUT", Config, "{}"u8.ToArray(), "Content-Type: text/plain", OwnedServer.AsOperator);
        var json = RawRequest.With("PUT", Config, "{}"u8.ToArray(), "Content-Type: application/merge-patch+json", OwnedServer.AsOperator);

        Wire.AssertRefused(await server.Http.SendAsync(text), 415);
        Assert.Equal(200, (await server.Http.SendAsync(json)).Status);
    }

    [Fact]
    public async Task A_change_survives_a_kill_and_is_on_record()
    {
        await using var own = new OwnedServer();
        await own.InitializeAsync();
        var changed = await PutAsync(own, """{"rate_limit_per_namespace_per_minute":77}""");
        await own.Http.KillAsync();

        await own.Http.StartAsync();

        Assert.Equal(changed.Text, (await own.Http.GetAsync(Config)).Text);
        var audit = await own.Http.GetAsync("/api/admin/audit", OwnedServer.AsOperator);
        var change = audit.Json.GetProperty("events")[0];
        Assert.Equal(("flux.config.changed", "operator"), (change.Text("action"), change.Text("actor")));
        Assert.Equal("""{"rate_limit_per_namespace_per_minute":77}""", change.GetProperty("changes").GetRawText());
    }

    [Fact]
    public async Task Without_an_admin_token_a_change_is_open_to_all()
    {
        await using var open = new ServerFixture();
        open.Environment["FLUX_RATE_LIMIT_PER_NAMESPACE_PER_MINUTE"] = "50";
        open.Environment["FLUX_RATE_LIMIT_ENABLED"] = "false";
        await open.StartAsync();

        var before = await open.GetAsync(Config);
        var after = await open.SendAsync(RawRequest.With("PUT", Config, """{"rate_limit_per_namespace_per_minute":60}"""u8.ToArray()));

        Assert.Contains("\"rate_limit_enabled\":false,\"rate_limit_per_namespace_per_minute\":50,", before.Text, StringComparison.Ordinal);
        Assert.Equal(before.Text.Replace(":50,", ":60,", StringComparison.Ordinal), after.Text);
    }

    [Theory]
    [InlineData("POST", 405)]
    [InlineData("DELETE", 405)]
    [InlineData("HEAD", 200)]
    public async Task Other_methods_are_a_405_and_head_works(string method, int status) =>
        Assert.Equal(status, (await server.Http.SendAsync(RawRequest.Of(method, Config))).Status);

    private static async Task<RawAnswer> PutAsync(OwnedServer own, string body)
    {
        var answer = await own.Http.SendAsync(RawRequest.With("PUT", Config, RawRequest.Bytes(body), OwnedServer.AsOperator));
        Assert.True(answer.Status == 200, $"{answer}");
        return answer;
    }
}
