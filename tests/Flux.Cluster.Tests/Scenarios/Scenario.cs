using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.Processes;

namespace Flux.Cluster.Tests.Scenarios;

/// <summary>One server process with its data, the history of all that was done to it, and the judgement at the end.</summary>
internal sealed class Scenario : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private FluxProcess? _server;

    public Scenario(string? dataDirectory = null)
    {
        DataDirectory = dataDirectory ?? _directory.At("data");
        Recorder = new HistoryRecorder(_directory.At("history"));
    }

    /// <summary>Gets a value indicating whether the long variants were asked for: <c>FLUX_LONG=1</c>.</summary>
    public static bool IsLong => Environment.GetEnvironmentVariable("FLUX_LONG") is "1";

    public string DataDirectory { get; }

    /// <summary>Gets the port of metrics; null for none.</summary>
    public int? ManagementPort { get; init; }

    public HistoryRecorder Recorder { get; }

    public FluxProcess Server => _server ?? throw new InvalidOperationException("start the server first");

    public Uri Address => Server.Address;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static void Print(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);

    public string At(string name) => _directory.At(name);

    /// <summary>Starts the server: the first time on a free port, later on the same one and the same data.</summary>
    public async Task StartAsync()
    {
        var options = new FluxProcessOptions { DataDirectory = DataDirectory, Port = _server?.Port, ManagementPort = ManagementPort };
        if (_server is { } former)
        {
            _server = null; // a start that fails must not be followed by a second end of the former process, which would hide why
            await former.DisposeAsync();
        }

        _server = await FluxProcess.StartAsync(options, TimeProvider.System, Cancellation);
        Print($"ready {_server.StartedIn.TotalMilliseconds:F0} ms after its start");
    }

    public FluxClient Client(string name) => new(name, Address, Recorder, TimeProvider.System);

    public WorldLoad Load(LoadOptions options) => new([Address], options, Recorder, TimeProvider.System);

    public Task<FluxSocket> ConnectAsync(string name) => FluxSocket.ConnectAsync(name, Address, Recorder, Cancellation);

    /// <summary>
    /// Ends the scenario once ingest has stopped: dumps what the server serves, stops it, dumps the log, lets a second start rebuild the read model
    /// from nothing and dumps what that serves, and has it all judged.
    /// </summary>
    public async Task FinishAsync(HistoryThresholds thresholds)
    {
        using (var client = Client("state"))
        {
            await client.DumpStateAsync(Server.Node, Cancellation);
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
            await client.DumpStateAsync("rebuild", Cancellation);
        }

        Assert.Equal(0, await Server.StopAsync(Cancellation));
        Judge(thresholds);
    }

    /// <summary>Has what was recorded judged; keeps a red history as an archive.</summary>
    public void Judge(HistoryThresholds thresholds) => HistoryJudge.Judge(Recorder, thresholds, () => _server?.Output);

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        await Recorder.DisposeAsync();
        _directory.Dispose();
    }
}
