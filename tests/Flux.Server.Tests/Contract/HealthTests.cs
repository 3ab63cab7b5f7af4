namespace Flux.Server.Tests.Contract;

/// <summary>Wire contract, section 3: what clients take for health, and our own endpoints.</summary>
public sealed class HealthTests(ServerFixture server)
{
    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task A_running_server_is_alive_and_ready(string path)
    {
        Assert.Equal(200, (await server.GetAsync(path)).Status);
    }

    [Fact]
    public async Task The_list_of_an_empty_world_is_an_empty_array()
    {
        await using var empty = new ServerFixture();
        await empty.InitializeAsync();

        var answer = await empty.GetAsync(Wire.Entities);

        Assert.Equal(200, answer.Status);
        Assert.Equal("[]", answer.Text);
    }
}
