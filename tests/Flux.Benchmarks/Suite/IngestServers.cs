using Flux.Testing.PostgreSql;

namespace Flux.Benchmarks.Suite;

/// <summary>Flux in its three forms and what it is compared with, all up at once and driven in turn: what the idle ones do weighs on all alike.</summary>
internal sealed class IngestServers : IAsyncDisposable
{
    public const string Embedded = "Flux";
    public const string OneSilo = "Flux, PostgreSQL";
    public const string ThreeSilos = "Flux, 3 silos";
    public const string NullEndpoint = "null endpoint";
    public const string HandMade = "hand-made";
    public const string RedisStreams = "Redis Streams";
    public const string JetStream = "NATS JetStream";

    private readonly BenchmarkRun _run;
    private readonly TemporaryDirectory _scripts;
    private readonly Stack<IAsyncDisposable> _started = [];
    private readonly List<Func<SingleLoad, IngestTarget>> _single = [];
    private readonly List<Func<ClosedLoopPlan, IngestTarget>> _flux = [];

    private IngestServers(BenchmarkRun run)
    {
        _run = run;
        _scripts = new TemporaryDirectory(run.Options.DataFolder);
    }

    /// <summary>Starts what the options ask for and the machine has; says what is left out.</summary>
    /// <param name="benchmark">The name for a remark.</param>
    /// <param name="run">The run.</param>
    /// <param name="withOthers">Also the services that others have written, which take single events only.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<IngestServers> StartAsync(string benchmark, BenchmarkRun run, bool withOthers, CancellationToken cancellationToken)
    {
        var servers = new IngestServers(run);
        try
        {
            servers.AddNullEndpoint(await YardstickServer.StartNullEndpointAsync(run.Options, run.Clock, cancellationToken));
            if (run.Options.Stores.Contains("embedded"))
            {
                await servers.AddEmbeddedAsync(cancellationToken);
                if (withOthers)
                {
                    await servers.AddOthersAsync(benchmark, cancellationToken);
                }
            }

            if (run.Options.Stores.Contains("postgres") && await run.StartPostgreSqlAsync(benchmark, cancellationToken) is { } postgreSql)
            {
                servers._started.Push(postgreSql);
                await servers.AddClusterAsync(OneSilo, postgreSql, silos: 1, cancellationToken);
                await servers.AddClusterAsync(ThreeSilos, postgreSql, silos: 3, cancellationToken);
                if (withOthers)
                {
                    await servers.AddHandMadeAsync(postgreSql, cancellationToken);
                }
            }

            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    /// <summary>Gives all of them under a load of single events.</summary>
    public IReadOnlyList<IngestTarget> Under(SingleLoad load) => [.. _single.Select(create => create(load))];

    /// <summary>Gives Flux and the null endpoint under a load that this process drives.</summary>
    public IReadOnlyList<IngestTarget> Under(ClosedLoopPlan plan) => [.. _flux.Select(create => create(plan))];

    public async ValueTask DisposeAsync()
    {
        while (_started.TryPop(out var server))
        {
            await server.DisposeAsync();
        }

        _scripts.Dispose();
    }

    /// <summary>Reads what all processes of a PostgreSQL server have used.</summary>
    private static Func<TimeSpan> CpuOf(PostgreSqlServer postgreSql) => () => ProcessUsage.CpuOfTree(postgreSql.PostmasterId);

    private void AddNullEndpoint(YardstickServer server)
    {
        _started.Push(server);
        Add(new IngestTarget(NullEndpoint, () => server.Usage.Cpu), isFlux: true, server.Port);
    }

    private async Task AddEmbeddedAsync(CancellationToken cancellationToken)
    {
        var server = await _run.StartFluxAsync(cancellationToken);
        _started.Push(server);
        await PublishFirstAsync(server.Port, cancellationToken);
        Add(new IngestTarget(Embedded, () => server.Usage.Cpu) { ListPort = server.Port }, isFlux: true, server.Port);
    }

    private async Task AddClusterAsync(string name, PostgreSqlServer postgreSql, int silos, CancellationToken cancellationToken)
    {
        var cluster = await _run.StartSilosAsync(postgreSql, silos, cancellationToken);
        _started.Push(cluster);
        await PublishFirstAsync(cluster.Ports[0], cancellationToken);
        var target = new IngestTarget(name, () => cluster.Cpu)
        {
            ListPort = cluster.Ports[0],
            StoreCpu = CpuOf(postgreSql),
            CountCommitsAsync = cluster.CountCommitsAsync,
        };
        Add(target, isFlux: true, [.. cluster.Ports]);
    }

    private async Task AddHandMadeAsync(PostgreSqlServer postgreSql, CancellationToken cancellationToken)
    {
        var database = await postgreSql.CreateDatabaseAsync(cancellationToken);
        var server = await YardstickServer.StartHandMadeAsync(_run.Options, database, _run.Clock, cancellationToken);
        _started.Push(server);
        Add(new IngestTarget(HandMade, () => server.Usage.Cpu) { StoreCpu = CpuOf(postgreSql) }, isFlux: false, server.Port);
    }

    private async Task AddOthersAsync(string benchmark, CancellationToken cancellationToken)
    {
        if (Tools.Has("redis-server") && Tools.Has("redis-benchmark"))
        {
            var redis = await ListeningServer.StartRedisAsync(_run.Options, _run.Clock, cancellationToken);
            _started.Push(redis);
            _single.Add(load => new IngestTarget(RedisStreams, () => redis.Usage.Cpu) { DriveAsync = new RedisBenchmark(redis.Port, load, _run.Clock).RunAsync });
        }
        else
        {
            _run.Report.Remark($"{benchmark}: Redis is not installed, so there is no comparison with it.");
        }

        if (Tools.Has("nats-server"))
        {
            var nats = await ListeningServer.StartNatsAsync(_run.Options, _run.Clock, cancellationToken);
            _started.Push(nats);
            _single.Add(load => new IngestTarget(JetStream, () => nats.Usage.Cpu) { DriveAsync = new JetStreamLoad(nats.Port, load, _run.Clock).RunAsync });
        }
        else
        {
            _run.Report.Remark($"{benchmark}: nats-server is not installed, so there is no comparison with it.");
        }
    }

    // A list is known to be up to date when it has been answered, and the one that is asked for has to show something whatever the load has touched.
    private Task<LoadResult> PublishFirstAsync(int port, CancellationToken cancellationToken)
    {
        var plan = new ClosedLoopPlan { Connections = 1, BatchSize = 0, Entities = 1, TotalEvents = 1 };
        return new ClosedLoop([port], plan, _run.Clock).RunAsync(cancellationToken);
    }

    private void Add(IngestTarget target, bool isFlux, params int[] ports)
    {
        _single.Add(load => target with { DriveAsync = SingleEvents.At(_run, _scripts.Path, load, ports) });
        if (isFlux)
        {
            _flux.Add(plan => target with
            {
                DriveAsync = (duration, cancellationToken) => new ClosedLoop(ports, plan with { Duration = duration }, _run.Clock).RunAsync(cancellationToken),
            });
        }
    }
}
