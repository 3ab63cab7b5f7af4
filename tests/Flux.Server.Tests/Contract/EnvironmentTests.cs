using System.Net;
using System.Net.Sockets;
using Flux.Core.Configuration;
using Flux.Server.Hosting;
using Flux.Server.Tests.BadInput;
using Microsoft.Extensions.Configuration;

namespace Flux.Server.Tests.Contract;

/// <summary>Wire contract, section 16, as far as an embedded server goes; A14 of the bad-input page has what must not start.</summary>
public sealed class EnvironmentTests(ServerFixture shared)
{
    [Fact]
    public async Task A_port_that_is_no_number_keeps_the_server_from_starting()
    {
        await using var server = new ServerFixture();
        server.Environment["PORT"] = "abc";

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(server.StartAsync);

        Assert.Contains("PORT", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_settings_the_port_is_3000_authentication_off_and_the_limits_are_the_usual()
    {
        var settings = FluxSettings.Read(new ConfigurationBuilder().Build());

        Assert.Equal((3000, false, null), (settings.Port, settings.IsAuthEnabled, settings.AdminToken));
        Assert.Equal(new RuntimeLimits(true, 10_000, 1_048_576, 10_485_760), settings.Limits);
    }

    [Fact]
    public async Task It_listens_on_all_interfaces()
    {
        using var client = new TcpClient();

        await client.ConnectAsync(IPAddress.Parse("127.0.0.2"), shared.Port).WaitAsync(ServerFixture.Guard);

        Assert.True(client.Connected);
    }

    [Theory]
    [InlineData("FLUX_RATE_LIMIT_PER_NAMESPACE_PER_MINUTE", "many")]
    [InlineData("FLUX_BODY_SIZE_LIMIT_SINGLE_BYTES", "1 MB")]
    [InlineData("FLUX_BODY_SIZE_LIMIT_BATCH_BYTES", "0")]
    [InlineData("FLUX_RATE_LIMIT_ENABLED", "on")]
    [InlineData("FLUX_CONSOLE", "true")]
    [InlineData("FLUX_DEMO", "1")]
    public async Task A_setting_that_cannot_be_read_keeps_the_server_from_starting(string name, string value)
    {
        await using var server = new ServerFixture();
        server.Environment[name] = value;

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(server.StartAsync);

        Assert.Contains($"{name}: must be", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_console_and_a_demo_that_are_off_are_not_there()
    {
        await using var server = new ServerFixture();
        server.Environment["FLUX_CONSOLE"] = "off";
        server.Environment["FLUX_DEMO"] = "off";
        await server.StartAsync();

        foreach (var path in (string[])["/", "/entity", "/work", "/reference", "/_blazor", "/_framework/blazor.server.js", "/_content/MudBlazor/MudBlazor.min.css"])
        {
            Wire.AssertRefused(await server.GetAsync(path), 404);
            Assert.Equal(200, (await shared.GetAsync(path is "/_blazor" ? "/" : path)).Status);
        }

        Wire.AssertRefused(await server.GetAsync("/api/demo"), 404);
        Assert.Equal(200, (await shared.GetAsync("/api/demo")).Status);
        Assert.Equal(200, (await server.GetAsync("/openapi.json")).Status); // the documents are no part of it
        Assert.Equal(200, (await server.GetAsync("/asyncapi.json")).Status);
    }

    [Fact]
    public async Task Without_authentication_there_is_no_rate()
    {
        await using var server = new ServerFixture();
        server.Environment["FLUX_RATE_LIMIT_PER_NAMESPACE_PER_MINUTE"] = "0";
        await server.StartAsync();

        Assert.Equal(200, (await server.PostAsync("/api/events", Good.With())).Status);
    }

    [Fact]
    public async Task What_was_stored_is_there_after_a_restart_on_the_same_data()
    {
        await using var server = new ServerFixture();
        await server.StartAsync();
        var id = Wire.NewId();
        await server.SetAsync(id, "{\"n\":1}");
        await server.KillAsync();

        await server.StartAsync();

        Assert.Equal(1, (await server.ReadAsync(id)).GetProperty("properties").GetProperty("n").GetInt32());
        Assert.Single(await server.HistoryAsync(id));
        Assert.Equal(2, (await server.SetAsync(id, "{\"n\":2}")).GetProperty("version").GetInt64());
    }

    [Fact]
    public async Task Body_limits_can_be_set()
    {
        await using var server = new ServerFixture();
        server.Environment["FLUX_BODY_SIZE_LIMIT_SINGLE_BYTES"] = "1000";
        server.Environment["FLUX_BODY_SIZE_LIMIT_BATCH_BYTES"] = "2000";
        await server.StartAsync();

        Assert.Equal(200, (await server.PostAsync("/api/events", Good.With().PadRight(1000))).Status);
        Wire.AssertRefused(await server.PostAsync("/api/events", Good.With().PadRight(1001)), 413);
        Assert.Equal(200, (await server.PostAsync("/api/events/batch", $"[{Good.With()}]".PadRight(2000))).Status);
        Wire.AssertRefused(await server.PostAsync("/api/events/batch", $"[{Good.With()}]".PadRight(2001)), 413);
    }

    [Theory]
    [InlineData("true", 401)]
    [InlineData("false", 200)]
    [InlineData("", 200)]
    public async Task Only_the_word_true_turns_authentication_on(string word, int status)
    {
        await using var server = new ServerFixture();
        server.Environment["FLUX_AUTH_ENABLED"] = word;
        server.Environment["FLUX_ADMIN_TOKEN"] = "of-the-operator";
        await server.StartAsync();

        Assert.Equal(status, (await server.PostAsync("/api/events", Good.With())).Status);
    }

    [Theory]
    [InlineData("yes")]
    [InlineData("1")]
    [InlineData("True")]
    public async Task An_unclear_switch_keeps_the_server_from_starting(string word)
    {
        await using var server = new ServerFixture();
        server.Environment["FLUX_AUTH_ENABLED"] = word;
        server.Environment["FLUX_ADMIN_TOKEN"] = "of-the-operator";

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(server.StartAsync);

        Assert.Contains("FLUX_AUTH_ENABLED: must be true, false or empty", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("of-the-operator", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Authentication_without_an_admin_token_keeps_the_server_from_starting_and_the_line_that_sets_one_is_shown()
    {
        await using var server = new ServerFixture();
        server.Environment["FLUX_AUTH_ENABLED"] = "true";

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(server.StartAsync);

        Assert.Contains("export FLUX_ADMIN_TOKEN=\"$(openssl rand -hex 32)\"", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_an_admin_token_but_without_authentication_only_its_holder_changes_limits()
    {
        await using var server = new ServerFixture();
        server.Environment["FLUX_ADMIN_TOKEN"] = "of-the-operator";
        await server.StartAsync();
        var change = RawRequest.With("PUT", "/api/admin/config", "{}"u8.ToArray());

        Wire.AssertRefused(await server.SendAsync(change), 401);
        Assert.Equal(200, (await server.SendAsync(
            RawRequest.With("PUT", "/api/admin/config", "{}"u8.ToArray(), "Authorization: bearer of-the-operator"))).Status);
        Assert.Equal(200, (await server.PostAsync("/api/events", Good.With())).Status);
        Assert.DoesNotContain(server.Output, line => line.Contains("of-the-operator", StringComparison.Ordinal));
    }
}
