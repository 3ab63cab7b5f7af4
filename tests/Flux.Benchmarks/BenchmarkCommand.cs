using System.CommandLine;
using Flux.Benchmarks.HandMade;
using Flux.Benchmarks.NullEndpoint;

namespace Flux.Benchmarks;

/// <summary>The command line.</summary>
internal sealed class BenchmarkCommand
{
    private readonly Argument<string[]> _names = new("names") { Description = $"Which benchmarks: {string.Join(", ", BenchmarkSuite.Names)}. Default: all." };
    private readonly Option<double?> _seconds = new("--seconds") { Description = "Length of a round. Default: 10, quick 3." };
    private readonly Option<double?> _warmUp = new("--warm-up") { Description = "Seconds of load before the first round. Default: 8, quick 2." };
    private readonly Option<int?> _rounds = new("--rounds") { Description = "Rounds. Default: 5, quick 2." };
    private readonly Option<bool> _quick = new("--quick") { Description = "Short rounds and small worlds: shows that it works, not how fast." };
    private readonly Option<string?> _json = new("--json") { Description = "Writes all figures to this file." };
    private readonly Option<int> _entities = new("--entities") { Description = "Entities of the ingest loads.", DefaultValueFactory = _ => 1000 };
    private readonly Option<string?> _connections = new("--connections") { Description = "Connections of single events, several with commas. Default: 1,16,64,256 for ingest-single, 64 elsewhere." };
    private readonly Option<int> _batchConnections = new("--batch-connections") { Description = "Connections of ingest-batch.", DefaultValueFactory = _ => 12 };
    private readonly Option<int> _batchSize = new("--batch-size") { Description = "Events per request of ingest-batch.", DefaultValueFactory = _ => 100 };
    private readonly Option<long?> _growthEvents = new("--growth-events") { Description = "Events in the full log of growth and recovery. Default: 20000000, quick 100000." };
    private readonly Option<int?> _growthRoundEvents = new("--growth-round-events") { Description = "Events of a round of growth. Default: 50000, quick 10000." };
    private readonly Option<int?> _memoryEntities = new("--memory-entities") { Description = "Entities of memory and of paging. Default: 1000000, quick 50000." };
    private readonly Option<int?> _memoryAftermath = new("--memory-seconds") { Description = "Seconds that memory watches after the last event. Default: 120, quick 30." };
    private readonly Option<int?> _asOfEvents = new("--as-of-events") { Description = "Events of as-of. Default: 1000000, quick 100000." };
    private readonly Option<int?> _asOfEntities = new("--as-of-entities") { Description = "Entities of as-of and console. Default: 100000, quick 10000." };
    private readonly Option<string> _store = new("--store")
    {
        Description = "The store that is measured: embedded, postgres or both.",
        DefaultValueFactory = _ => "both",
    };

    private readonly Option<int?> _sockets = new("--sockets") { Description = "Sockets of idle-sockets and of reconnect. Default: 10000, quick 1000." };
    private readonly Option<bool> _restart = new("--restart") { Description = "Reconnect kills the server and starts it again, instead of cutting the sockets." };
    private readonly Option<int?> _stalledEvents = new("--stalled-events") { Description = "Events of 1 KiB that stalled sends before each round. Default: 50000, quick 10000." };
    private readonly Option<int?> _replayEvents = new("--replay-events") { Description = "Events that replay plays as fast as possible. Default: 1000000, quick 100000." };
    private readonly Option<int?> _seriesPoints = new("--series-points") { Description = "Points of series. Default: 1000000, quick 50000." };
    private readonly Option<string> _protocol = new("--protocol")
    {
        Description = "With v2, push and fanout measure newer sockets too, in turn with classic ones.",
        DefaultValueFactory = _ => "classic",
    };

    private readonly Option<bool> _noWrk = new("--no-wrk") { Description = "Drives single events from this process even if wrk is there." };
    private readonly Option<string?> _server = new("--server") { Description = "Flux.Server.dll. Default: the Release build of this tree." };
    private readonly Option<string?> _data = new("--data") { Description = "Where the servers' data goes. Default: the system's temporary folder." };
    private readonly Option<string[]> _environment = new("--env") { Description = "NAME=VALUE for the server; may be repeated.", DefaultValueFactory = _ => [] };
    private readonly Option<string?> _database = new("--database") { Description = "Connection string of the hand-made service.", Hidden = true };
    private readonly Option<int?> _handMadeServer = new("--hand-made-server") { Description = "Is the hand-made service on this port.", Hidden = true };
    private readonly Option<int?> _openLoop = new("--open-loop") { Description = "Sends to this port what --plan says.", Hidden = true };
    private readonly Option<string?> _plan = new("--plan") { Description = "An OpenLoopPlan as JSON.", Hidden = true };
    private readonly Option<int?> _nullServer = new("--null-server") { Description = "Is the null endpoint on this port, and measures nothing." };

    public RootCommand Create()
    {
        var command = new RootCommand("Measures Flux from outside: a server process, driven over its sockets.")
        {
            _names, _seconds, _warmUp, _rounds, _quick, _json, _entities, _connections, _batchConnections, _batchSize, _growthEvents, _growthRoundEvents,
            _memoryEntities, _memoryAftermath, _asOfEvents, _asOfEntities, _store, _sockets, _restart, _stalledEvents, _replayEvents, _seriesPoints,
            _protocol, _noWrk, _server, _data, _environment, _nullServer, _handMadeServer, _database, _openLoop, _plan,
        };
        _protocol.AcceptOnlyFromAmong("classic", "v2");
        _store.AcceptOnlyFromAmong("embedded", "postgres", "both");
        _names.AcceptOnlyFromAmong([.. BenchmarkSuite.Names]);
        command.SetAction(RunAsync);
        return command;
    }

    private static string DefaultServer()
    {
        // artifacts/bin/Flux.Benchmarks/<configuration>/ is where this program lies.
        var binaries = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", ".."));
        return Path.Combine(binaries, "Flux.Server", "release", "Flux.Server.dll");
    }

    private async Task<int> RunAsync(ParseResult command, CancellationToken cancellationToken)
    {
        if (command.GetValue(_handMadeServer) is { } handMadePort)
        {
            await HandMadeHost.RunAsync(handMadePort, command.GetValue(_database)!, cancellationToken);
            return 0;
        }

        // Answers and frames are taken on the thread that waits for all sockets, as an embedded Flux does: one hop less per message, and far less CPU beside
        // the server's. Read once, before the first socket. Not for the service above, as not for Flux on PostgreSQL: one that blocks such a thread hangs.
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT", "1");

        if (command.GetValue(_nullServer) is { } port)
        {
            await NullEndpointHost.RunAsync(port, cancellationToken);
            return 0;
        }

        if (command.GetValue(_openLoop) is { } loadPort)
        {
            await OpenLoopProcess.ServeAsync(loadPort, command.GetValue(_plan)!, TimeProvider.System, cancellationToken);
            return 0;
        }

        return await BenchmarkSuite.RunAsync(
            command.GetValue(_names) ?? [], Options(command), command.GetValue(_json), cancellationToken);
    }

    private BenchmarkOptions Options(ParseResult command)
    {
        var quick = command.GetValue(_quick);
        return new BenchmarkOptions
        {
            Round = TimeSpan.FromSeconds(command.GetValue(_seconds) ?? (quick ? 3 : 10)),
            WarmUp = TimeSpan.FromSeconds(command.GetValue(_warmUp) ?? (quick ? 2 : 8)),
            Rounds = command.GetValue(_rounds) ?? (quick ? 2 : 5),
            Entities = command.GetValue(_entities),
            Connections = command.GetValue(_connections) is { } connections ? [.. connections.Split(',').Select(one => int.Parse(one, CultureInfo.InvariantCulture))] : quick ? [1, 64] : [1, 16, 64, 256],
            BatchConnections = command.GetValue(_batchConnections),
            BatchSize = command.GetValue(_batchSize),
            GrowthEvents = command.GetValue(_growthEvents) ?? (quick ? 100_000 : 20_000_000),
            GrowthRoundEvents = command.GetValue(_growthRoundEvents) ?? (quick ? 10_000 : 50_000),
            MemoryEntities = command.GetValue(_memoryEntities) ?? (quick ? 50_000 : 1_000_000),
            MemoryAftermath = TimeSpan.FromSeconds(command.GetValue(_memoryAftermath) ?? (quick ? 30 : 120)),
            AsOfEvents = command.GetValue(_asOfEvents) ?? (quick ? 100_000 : 1_000_000),
            AsOfEntities = command.GetValue(_asOfEntities) ?? (quick ? 10_000 : 100_000),
            Stores = command.GetValue(_store) switch { "both" => ["embedded", "postgres"], var store => [store!] },
            IdleSockets = command.GetValue(_sockets) ?? (quick ? 1000 : 10_000),
            ReconnectSockets = command.GetValue(_sockets) ?? (quick ? 1000 : 10_000),
            StalledEvents = command.GetValue(_stalledEvents) ?? (quick ? 10_000 : 50_000),
            ReplayEvents = command.GetValue(_replayEvents) ?? (quick ? 100_000 : 1_000_000),
            SeriesPoints = command.GetValue(_seriesPoints) ?? (quick ? 50_000 : 1_000_000),
            Restart = command.GetValue(_restart),
            Protocols = command.GetValue(_protocol) == "v2" ? [SubscriptionProtocol.Classic, SubscriptionProtocol.Newer] : [SubscriptionProtocol.Classic],
            UseWrk = !command.GetValue(_noWrk) && Tools.Has("wrk"),
            ServerAssembly = command.GetValue(_server) ?? DefaultServer(),
            DataFolder = command.GetValue(_data) ?? Path.GetTempPath(),
            ServerEnvironment = command.GetValue(_environment)!
                .Select(pair => pair.Split('=', 2))
                .ToDictionary(pair => pair[0], pair => pair.Length > 1 ? pair[1] : ""),
        };
    }
}
