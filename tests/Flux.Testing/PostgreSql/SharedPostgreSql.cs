namespace Flux.Testing.PostgreSql;

/// <summary>One server for all tests of an assembly, started when the first of them asks. Declared with <c>[assembly: AssemblyFixture]</c>.</summary>
public sealed class SharedPostgreSql : IAsyncDisposable
{
    private readonly Lazy<Task<PostgreSqlServer>> _server = new(() => PostgreSqlServer.StartAsync(TimeProvider.System, CancellationToken.None));

    /// <summary>Starts the server if nobody has. Ask <see cref="PostgreSqlServer.WhyMissing"/> before.</summary>
    public Task<PostgreSqlServer> StartedAsync() => _server.Value;

    /// <summary>Makes an empty database.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync(CancellationToken cancellationToken) =>
        await (await StartedAsync()).CreateDatabaseAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
        {
            await (await _server.Value).DisposeAsync();
        }
    }
}
