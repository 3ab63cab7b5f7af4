using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.PostgreSql;
using Flux.Testing.Processes;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>A silo on a database server of its own, of which a dump and a base backup were taken while events came in. It runs on.</summary>
public sealed class BackedUpCluster : IAsyncLifetime
{
    private const string DumpFile = "flux.dump";

    private readonly TemporaryDirectory _directory = new();
    private readonly HistoryRecorder _recorder;
    private PostgreSqlServer? _server;
    private PostgreSqlServer? _copy;
    private FluxProcess? _silo;

    public BackedUpCluster() => _recorder = new HistoryRecorder(_directory.At("history"));

    /// <summary>Gets why there is none here; null when there is one.</summary>
    public static string? WhyMissing =>
        PostgreSqlServer.WhyMissing ?? (Environment.GetEnvironmentVariable(PostgreSqlServer.EnvironmentName) is { Length: > 0 }
            ? $"{PostgreSqlServer.EnvironmentName} names a server, and its own programs are needed"
            : null);

    /// <summary>Gets the server of the cluster.</summary>
    public PostgreSqlServer Server => _server!;

    /// <summary>Gets the server that was started on the base backup.</summary>
    public PostgreSqlServer Copy => _copy!;

    /// <summary>Gets the address of the silo.</summary>
    public Uri Silo => _silo!.Address;

    /// <summary>Gets the cluster's database.</summary>
    public string Database { get; private set; } = string.Empty;

    /// <summary>Gets the dump's file.</summary>
    public string Dump => Server.At(DumpFile);

    /// <summary>Gets when the backups began.</summary>
    public long Began { get; private set; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Gives the path of something of a test's own.</summary>
    public string At(string name) => _directory.At(name);

    /// <summary>Reads how far a log goes.</summary>
    public static async Task<long> HeadOfAsync(string connection) =>
        (long)(await PostgreSqlServer.ExecuteAsync(connection, "SELECT position FROM log_head", Cancellation))!;

    /// <summary>What was acknowledged in a log up to its head: the history that a restored log of that head must fit.</summary>
    internal List<RequestRecord> AcknowledgedUntil(long head) =>
    [
        .. HistoryReader.Read(_recorder.Directory, HistoryFiles.Requests, HistoryJson.Default.RequestRecord)
            .Select(read => read.Record with { Events = [.. read.Record.Events.Where(e => e.Position <= head)] })
            .Where(request => request.Events.Length > 0),
    ];

    /// <summary>What was acknowledged before the backups began.</summary>
    internal List<EventRecord> AcknowledgedBefore() =>
        [.. AcknowledgedUntil(long.MaxValue).Where(request => request.Answered < Began).SelectMany(request => request.Events)];

    public async ValueTask InitializeAsync()
    {
        if (WhyMissing is not null)
        {
            return;
        }

        _server = await PostgreSqlServer.StartAsync(TimeProvider.System, Cancellation);
        Database = await Server.CreateDatabaseAsync(Cancellation);
        _silo = await FluxProcess.StartAsync(new FluxProcessOptions { Postgres = Database }, TimeProvider.System, Cancellation);

        // Paced, so that the history of the entity that gets one event in ten fits into one answer.
        var options = new LoadOptions { Writers = 4, Entities = 60, BatchShare = 0.05, Pause = TimeSpan.FromMilliseconds(30) };
        var load = new WorldLoad([_silo.Address], options, _recorder, TimeProvider.System);
        await load.PreloadAsync(Cancellation);
        using var stop = new CancellationTokenSource();
        var writing = load.RunAsync(stop.Token, Cancellation);
        await load.WaitForAsync(200, Cancellation);

        Began = HistoryRecorder.Now();
        var name = new Npgsql.NpgsqlConnectionStringBuilder(Database).Database!;
        await OperatorsGuide.RunAsync("pg_dump", Server, new() { ["FILE"] = Dump, ["DATABASE"] = name }, Cancellation);
        _copy = await PostgreSqlServer.StartOnAsync(
            directory => OperatorsGuide.RunAsync("pg_basebackup", Server, new() { ["DIRECTORY"] = directory }, Cancellation), TimeProvider.System, Cancellation);

        await load.WaitForAsync(50, Cancellation);
        await stop.CancelAsync();
        await writing;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in (IAsyncDisposable?[])[_silo, _copy, _server, _recorder])
        {
            if (part is not null)
            {
                await part.DisposeAsync();
            }
        }

        _directory.Dispose();
    }
}
