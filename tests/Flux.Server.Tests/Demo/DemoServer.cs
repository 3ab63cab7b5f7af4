namespace Flux.Server.Tests.Demo;

/// <summary>A server of these tests' own: whoever starts and ends the demo, does so for everybody.</summary>
public sealed class DemoServer : IAsyncLifetime
{
    internal ServerFixture Http { get; } = new();

    public ValueTask InitializeAsync() => Http.InitializeAsync();

    public ValueTask DisposeAsync() => Http.DisposeAsync();
}
