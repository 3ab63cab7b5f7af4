using Flux.Server.Tests.BadInput;

namespace Flux.Server.Tests.Contract;

/// <summary>Wire contract, section 16, as far as the embedded server without authentication goes.</summary>
public sealed class EnvironmentTests
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
}
