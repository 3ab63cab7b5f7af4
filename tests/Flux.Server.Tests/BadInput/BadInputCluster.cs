using Flux.Testing.PostgreSql;

namespace Flux.Server.Tests.BadInput;

/// <summary>The same two on PostgreSQL, each of three silos. Each starts with its first row.</summary>
public sealed class BadInputCluster(SharedPostgreSql postgres) : IAsyncLifetime
{
    private readonly List<TormentedServer> _servers = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }

    internal TormentedServer? Open { get; private set; }

    internal TormentedServer? Owned { get; private set; }

    /// <summary>Makes the databases, unless they are there.</summary>
    internal async Task PrepareAsync(CancellationToken cancellationToken)
    {
        Open ??= await CreateAsync("PostgreSQL", isOwned: false, cancellationToken);
        Owned ??= await CreateAsync("PostgreSQL, with tokens", isOwned: true, cancellationToken);
    }

    private async Task<TormentedServer> CreateAsync(string name, bool isOwned, CancellationToken cancellationToken)
    {
        var server = new TormentedServer(name, isOwned, await postgres.CreateDatabaseAsync(cancellationToken));
        _servers.Add(server);
        return server;
    }
}
