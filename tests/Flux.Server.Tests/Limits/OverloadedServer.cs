namespace Flux.Server.Tests.Limits;

/// <summary>A server that is given more than it takes, for the tests of one class alone.</summary>
public sealed class OverloadedServer : IAsyncLifetime
{
    internal ServerFixture Http { get; } = new();

    public ValueTask InitializeAsync() => Http.InitializeAsync();

    public ValueTask DisposeAsync() => Http.DisposeAsync();
}
