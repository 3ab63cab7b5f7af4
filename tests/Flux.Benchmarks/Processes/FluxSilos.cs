using Flux.Testing.PostgreSql;

namespace Flux.Benchmarks.Processes;

/// <summary>Silos of one cluster: servers on one database of a PostgreSQL server, and nothing else in that database.</summary>
internal sealed class FluxSilos : IAsyncDisposable
{
    private readonly List<FluxServer> _servers = [];
    private readonly List<int> _managementPorts = [];

    private FluxSilos()
    {
    }

    public IReadOnlyList<int> Ports => [.. _servers.Select(server => server.Port)];

    public IReadOnlyList<int> ProcessIds => [.. _servers.Select(server => server.ProcessId)];

    /// <summary>Gets what all of them have used.</summary>
    public TimeSpan Cpu => _servers.Aggregate(TimeSpan.Zero, (sum, server) => sum + server.Usage.Cpu);

    /// <summary>Starts silos, one after the other: each has joined the cluster before the next one starts.</summary>
    public static async Task<FluxSilos> StartAsync(
        PostgreSqlServer postgreSql, int count, Func<IReadOnlyDictionary<string, string>, Task<FluxServer>> startAsync, CancellationToken cancellationToken)
    {
        var silos = new FluxSilos();
        var database = await postgreSql.CreateDatabaseAsync(cancellationToken);
        try
        {
            while (silos._servers.Count < count)
            {
                var options = new FluxProcessOptions { Postgres = database, ManagementPort = FreePort.Next() };

                // Its own port is chosen where it is started.
                silos._servers.Add(await startAsync(options.ToEnvironment(port: 0)));
                silos._managementPorts.Add(options.ManagementPort!.Value);
            }

            return silos;
        }
        catch
        {
            await silos.DisposeAsync();
            throw;
        }
    }

    /// <summary>Counts the commits of all of them.</summary>
    public async Task<CommitTotals> CountCommitsAsync(CancellationToken cancellationToken)
    {
        var total = default(CommitTotals);
        foreach (var port in _managementPorts)
        {
            total += (await ServerMetrics.ReadAsync(port, cancellationToken)).Commits;
        }

        return total;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }
}
