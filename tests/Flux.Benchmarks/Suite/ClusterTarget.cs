using Flux.Testing.PostgreSql;

namespace Flux.Benchmarks.Suite;

/// <summary>Silos under an ingest load that is spread over them.</summary>
internal static class ClusterTarget
{
    public static IngestTarget Create(string name, BenchmarkRun run, string folder, FluxSilos silos, PostgreSqlServer postgreSql) =>
        new(name, SingleEvents.At(run, folder, silos.Ports), () => silos.Cpu)
        {
            ListPort = silos.Ports[0],
            StoreCpu = CpuOf(postgreSql),
            CountCommitsAsync = silos.CountCommitsAsync,
        };

    /// <summary>Reads what all processes of the server have used.</summary>
    public static Func<TimeSpan> CpuOf(PostgreSqlServer postgreSql) => () => ProcessUsage.CpuOfTree(postgreSql.PostmasterId);
}
