using Flux.Cluster.Tests.Scenarios.Cluster;
using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.Processes;

namespace Flux.Cluster.Tests.Scenarios;

/// <summary>One server process with its data, the history of all that was done to it, and the judgement at the end.</summary>
internal sealed class Scenario : IAsyncDisposable
{
    // A guard against hanging, and no target.
    private static readonly TimeSpan DumpLimit = TimeSpan.FromMinutes(5);

    // So many entities are read one by one, so that a scenario with a hundred thousand stays short.
    private const int ReadOneByOne = 2_000;
    private const int ReadAtOnce = 16;

    private readonly TemporaryDirectory _directory = new();
    private readonly List<string> _formerOutput = [];
    private FluxProcess? _server;
    private int? _port;
    private bool _isJudged;

    public Scenario(string? dataDirectory = null)
    {
        DataDirectory = dataDirectory ?? _directory.At("data");
        Recorder = new HistoryRecorder(_directory.At("history"));
    }

    /// <summary>Gets a value indicating whether the long variants were asked for: <c>FLUX_LONG=1</c>.</summary>
    public static bool IsLong => System.Environment.GetEnvironmentVariable("FLUX_LONG") is "1";

    public string DataDirectory { get; }

    /// <summary>Gets the port of metrics; null for none.</summary>
    public int? ManagementPort { get; init; }

    /// <summary>Gets how long a start may take: a guard, for logs from which a read model is built for minutes. Null for the usual one.</summary>
    public TimeSpan? StartLimit { get; init; }

    /// <summary>Gets further environment variables of the server.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Gets what it will say about itself in the end; null when it is no row of the fault model.</summary>
    public FaultRow? Row { get; init; }

    /// <summary>Gets the row of the fault model whose errors its servers may log, when somebody else speaks for that row.</summary>
    public string? RowName { get; init; }

    public HistoryRecorder Recorder { get; }

    public FluxProcess Server => _server ?? throw new InvalidOperationException("start the server first");

    public Uri Address => Server.Address;

    /// <summary>Gets what all its processes have written.</summary>
    private string Output => string.Join('\n', [.. _formerOutput, _server?.Output]);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Waits until something holds.</summary>
    public static Task UntilAsync(Func<bool> holds, TimeSpan limit, string what) => UntilAsync(() => Task.FromResult(holds()), limit, what);

    /// <summary>Waits until something holds.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds, TimeSpan limit, string what)
    {
        var began = TimeProvider.System.GetTimestamp();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        while (!await holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < limit, $"waited {limit} for {what}");
            await pace.WaitForNextTickAsync(Cancellation);
        }
    }

    public static void Print(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);

    /// <summary>Gives the last position that was acknowledged so far.</summary>
    public static long LastPosition(HistoryRecorder recorder)
    {
        recorder.Flush();
        return HistoryReader.Read(recorder.Directory, HistoryFiles.Requests, HistoryJson.Default.RequestRecord)
            .SelectMany(r => r.Record.Events).Max(e => e.Position) ?? throw new InvalidOperationException("nothing was acknowledged");
    }

    /// <summary>Chooses where in the past the state is dumped: the last position that was acknowledged, and others at random.</summary>
    public static long[] PastPositions(HistoryRecorder recorder)
    {
        var last = LastPosition(recorder);
        var random = Seed.Random(part: 18);
        return [.. Enumerable.Range(1, FaultSet.Rounds(least: 1, shortSet: 2, full: 99)).Select(_ => random.NextInt64(last) + 1).Prepend(last).Distinct()];
    }

    /// <summary>
    /// Dumps what a node serves as the state now, when ingest must have stopped, and what as that of the past. A list waits two seconds for the read model,
    /// and is refused while that is further behind. All silos of a cluster list from one table, so that entities are read one by one as well: their grains
    /// answer, and the checker judges it.
    /// </summary>
    public static async Task DumpAsync(FluxClient client, string node, long[] past)
    {
        await UntilAsync(async () => (await client.LookAsync("api/state/entities?limit=1", Cancellation)).Status != 503, DumpLimit, "the read model");
        var ids = await client.DumpStateAsync(node, Cancellation);
        await Parallel.ForEachAsync(
            ids.Take(ReadOneByOne),
            new ParallelOptions { MaxDegreeOfParallelism = ReadAtOnce, CancellationToken = Cancellation },
            async (id, _) => await UntilAsync(async () => (await client.ReadAsync(id, Cancellation)).Status is 200 or 404, DumpLimit, $"what {node} says of {id}"));
        foreach (var position in past)
        {
            await client.DumpStateAsync(node, position, Cancellation);
        }
    }

    public string At(string name) => _directory.At(name);

    /// <summary>Starts the server: the first time on a free port, later on the same one and the same data.</summary>
    public async Task StartAsync()
    {
        var options = new FluxProcessOptions { DataDirectory = DataDirectory, Port = _port, ManagementPort = ManagementPort, Environment = Environment };
        options = options with { StartLimit = StartLimit ?? options.StartLimit };
        if (_server is { } former)
        {
            _server = null; // a start that fails must not be followed by a second end of the former process, which would hide why
            _formerOutput.Add(former.Output);
            await former.DisposeAsync();
        }

        _server = await FluxProcess.StartAsync(options, TimeProvider.System, Cancellation);
        _port = _server.Port;
        Print($"ready {_server.StartedIn.TotalMilliseconds:F0} ms after its start");
    }

    /// <summary>Ends the server the hard way, if it runs, and without proof: the end of a run whose history is looked at as it is.</summary>
    public async Task AbandonAsync()
    {
        if (_server is { } server)
        {
            _server = null;
            _formerOutput.Add(server.Output);
            await server.DisposeAsync();
        }
    }

    public FluxClient Client(string name) => new(name, Address, Recorder, TimeProvider.System);

    public WorldLoad Load(LoadOptions options) => new([Address], options, Recorder, TimeProvider.System);

    public Task<FluxSocket> ConnectAsync(string name) => FluxSocket.ConnectAsync(name, Address, Recorder, Cancellation);

    /// <summary>What the clients have seen so far.</summary>
    public RequestTimeline Timeline()
    {
        Recorder.Flush();
        return RequestTimeline.Load(Recorder.Directory);
    }

    /// <summary>
    /// Ends the scenario once ingest has stopped: dumps what the server serves, stops it, dumps the log, lets a second start rebuild the read model
    /// from nothing and dumps what that serves, and has it all judged.
    /// </summary>
    public async Task FinishAsync(HistoryThresholds thresholds)
    {
        var past = PastPositions(Recorder);
        using (var client = Client("state"))
        {
            await DumpAsync(client, Server.Node, past);
        }

        Assert.Equal(0, await Server.StopAsync(Cancellation));
        SqliteLogDump.Dump(DataDirectory, Recorder);

        foreach (var file in Directory.GetFiles(DataDirectory, "read-model.db*"))
        {
            File.Delete(file);
        }

        await StartAsync();
        using (var client = Client("state"))
        {
            await DumpAsync(client, "rebuild", past);
        }

        Assert.Equal(0, await Server.StopAsync(Cancellation));
        Judge(thresholds);
    }

    /// <summary>Has what was recorded judged; keeps a red history as an archive.</summary>
    public void Judge(HistoryThresholds thresholds)
    {
        _isJudged = true;
        HistoryJudge.Judge(Recorder, thresholds, Output, Row);
    }

    public async ValueTask DisposeAsync()
    {
        Row?.Print();
        var output = Output;
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        await Recorder.DisposeAsync();
        _directory.Dispose();
        if (!_isJudged && !Environment.ContainsKey("FLUX_DEFECT"))
        {
            ServerLog.AssertNothingUnhandled(output, Row?.Name ?? RowName); // the end of all that have no history to judge, or did not come to it
        }
    }
}
