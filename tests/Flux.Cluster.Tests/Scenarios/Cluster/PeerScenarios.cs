using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Flux.Cluster.Tests.Scenarios.Subscriptions;
using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.Network;
using Flux.Testing.Processes;
using Flux.Testing.Subscriptions;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>Peers that vanish without a word, say nothing, or say a byte a second (fault model F47, F48).</summary>
[Collection(ClusterTestGroup.Name)]
public sealed partial class PeerScenarios
{
    // A guard against hanging, and no target.
    private static readonly TimeSpan WaitLimit = TimeSpan.FromMinutes(2);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F47_sockets_whose_network_is_gone_are_freed_and_go_on_when_it_is_back()
    {
        FaultSet.NeedsAll();
        var sockets = FaultSet.IsLong ? 500 : 100;
        await using var scenario = new Scenario { ManagementPort = FreePort.Next(), Row = new FaultRow("F47") };
        await scenario.StartAsync();
        await using var link = TcpProxy.Start(scenario.Server.Port, TimeProvider.System);
        await using var group = new SubscriberGroup(scenario.Recorder);
        var load = scenario.Load(new LoadOptions { Writers = 4, Entities = 200, Pause = TimeSpan.FromMilliseconds(50) });
        await load.PreloadAsync(Cancellation);
        using var stop = new CancellationTokenSource();
        var writing = load.RunAsync(stop.Token, Cancellation);
        await load.WaitForAsync(200, Cancellation);
        var memory = new List<long> { ProcessTable.MemoryOf(scenario.Server.Id) };
        for (var number = 0; number < sockets; number++)
        {
            group.Add(
                new SubscriptionDescription { Name = $"s{number}", Scope = SubscriptionScope.Of(load.EntityId(number)), Progress = true },
                new SubscriberManners { First = SubscriptionStart.Snapshot, Seed = number },
                [new Uri($"http://127.0.0.1:{link.Port}/")]);
        }

        await Scenario.UntilAsync(async () => await ConnectionsAsync(scenario) >= sockets, WaitLimit, "all sockets to be open");
        memory.Add(ProcessTable.MemoryOf(scenario.Server.Id));
        var fault = scenario.Recorder.AnnounceFault("drop all bytes both ways", "the link of all sockets", FaultRecord.AllNodes);
        link.Drop();
        var began = TimeProvider.System.GetTimestamp();
        await Scenario.UntilAsync(async () => await ConnectionsAsync(scenario) == 0, WaitLimit, "all sockets to be freed");
        var freed = TimeProvider.System.GetElapsedTime(began);
        memory.Add(ProcessTable.MemoryOf(scenario.Server.Id));
        scenario.Recorder.ProveFault(fault, $"{link.DroppedBytes} bytes were dropped");
        link.Pass();

        await Scenario.UntilAsync(async () => await ConnectionsAsync(scenario) >= sockets, WaitLimit, "all sockets to be back");
        memory.Add(ProcessTable.MemoryOf(scenario.Server.Id));
        scenario.Recorder.ProveFault(fault, "the link has reset what had lost bytes");
        await stop.CancelAsync();
        await writing;
        await group.QuiesceAsync(recorder =>
        {
            SqliteLogDump.Dump(scenario.DataDirectory, recorder);
            return Task.CompletedTask;
        });
        await scenario.FinishAsync(new HistoryThresholds { Acked = 500, SettledUnknowns = 0, DuplicateAcks = 0, Conflicts = 0 });
        var totals = group.Judge(group.ReadLog());
        scenario.Row.Measure("subscribers", $"{totals}", "each whole");
        scenario.Row.Measure($"{sockets} sockets were freed after", freed, "≤ 45 s");
        scenario.Row.Measure(
            "memory of the server before the sockets, with them, when they were freed, when they are back",
            string.Join(", ", memory.Select(bytes => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:F0}"))) + " MB",
            "back");
    }

    [Fact]
    public async Task F48_peers_that_say_nothing_or_a_byte_a_second_harm_nobody()
    {
        FaultSet.NeedsAll();
        var (idle, dripping) = FaultSet.IsLong ? (5_000, 500) : (500, 60);
        await using var scenario = new Scenario { Row = new FaultRow("F48") };
        await scenario.StartAsync();
        await using var group = new SubscriberGroup(scenario.Recorder);
        var load = scenario.Load(new LoadOptions { Writers = 4, Entities = 200, Pause = TimeSpan.FromMilliseconds(50) });
        await load.PreloadAsync(Cancellation);
        using var stop = new CancellationTokenSource();
        var writing = load.RunAsync(stop.Token, Cancellation);
        for (var number = 0; number < 20; number++)
        {
            group.Add(
                new SubscriptionDescription { Name = $"s{number}", Scope = SubscriptionScope.Of(load.EntityId(number), "lab/*") },
                new SubscriberManners { First = SubscriptionStart.At(0), Seed = number },
                [scenario.Address]);
        }

        var from = HistoryRecorder.Now();
        await ClusterScenario.LastAsync(FaultSet.Seconds(shortSet: 8, full: 30));
        var turn = HistoryRecorder.Now();
        var peers = new List<Socket>();
        try
        {
            for (var number = 0; number < idle; number++)
            {
                peers.Add(await ConnectAsync(scenario.Server.Port));
            }

            var cut = await Task.WhenAll(Enumerable.Range(0, dripping).Select(n => DripAsync(scenario.Server.Port, hasBody: n % 2 == 0)));
            await ClusterScenario.LastAsync(FaultSet.Seconds(shortSet: 4, full: 20));
            var until = HistoryRecorder.Now();
            await stop.CancelAsync();
            await writing;
            await group.QuiesceAsync(recorder =>
            {
                SqliteLogDump.Dump(scenario.DataDirectory, recorder);
                return Task.CompletedTask;
            });
            await scenario.FinishAsync(new HistoryThresholds { Acked = 500, SettledUnknowns = 0, DuplicateAcks = 0, Conflicts = 0, Faults = 0 });
            var log = group.ReadLog();
            var totals = group.Judge(log);
            var crowd = group.Subscribers.Select(s => s.Records.Read()).ToList();
            var (quiet, after) = (PushTimes.Percentile(99, crowd, log.Times, from, turn), PushTimes.Percentile(99, crowd, log.Times, turn, until));
            scenario.Row.Measure("subscribers", $"{totals}", "each whole");
            scenario.Row.Measure($"{dripping} dripping peers were cut after at most", cut.Max(), "bounded");
            scenario.Row.Measure("push p99 over that without them", string.Create(CultureInfo.InvariantCulture, $"{after / quiet:F2}"), "≤ 1.10");
        }
        finally
        {
            peers.ForEach(p => p.Dispose());
        }
    }

    [GeneratedRegex(@"^flux_connections(?:\{[^}]*\})? (?<count>\d+)", RegexOptions.CultureInvariant | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OpenConnections();

    private static async Task<int> ConnectionsAsync(Scenario scenario)
    {
        using var http = new HttpClient();
        var text = await http.GetStringAsync(new Uri($"http://127.0.0.1:{scenario.ManagementPort}/metrics"), Cancellation);
        return OpenConnections().Match(text) is { Success: true } match ? int.Parse(match.Groups["count"].Value, CultureInfo.InvariantCulture) : 0;
    }

    private static async Task<Socket> ConnectAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), Cancellation);
        return socket;
    }

    // Says a byte a second, of the headers or of the body, until the server has had enough.
    private static async Task<TimeSpan> DripAsync(int port, bool hasBody)
    {
        using var socket = await ConnectAsync(port);
        var began = TimeProvider.System.GetTimestamp();
        const string Headers = "POST /api/events HTTP/1.1\r\nHost: flux\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n";
        if (hasBody)
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes(Headers), Cancellation);
        }

        var ended = WaitForEndAsync(socket);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), TimeProvider.System);
        for (var i = 0; !ended.IsCompleted; i++)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromMinutes(1), "a peer that says a byte a second was served for a minute");
            try
            {
                await socket.SendAsync(Encoding.ASCII.GetBytes(hasBody ? " " : Headers[i % Headers.Length].ToString()), Cancellation);
            }
            catch (SocketException)
            {
                break; // reset: that is what was waited for
            }

            await timer.WaitForNextTickAsync(Cancellation);
        }

        return TimeProvider.System.GetElapsedTime(began);
    }

    private static async Task WaitForEndAsync(Socket socket)
    {
        var buffer = new byte[1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, Cancellation) > 0)
            {
                // An answer that says why.
            }
        }
        catch (SocketException)
        {
            // A reset is an end as well.
        }
    }
}
