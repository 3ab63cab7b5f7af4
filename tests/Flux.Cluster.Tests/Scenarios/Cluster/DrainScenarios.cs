using System.Net;
using System.Net.WebSockets;
using Flux.Cluster.Tests.Scenarios.Subscriptions;
using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.PostgreSql;
using Flux.Testing.Subscriptions;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>Silos are asked to end, one after the other, as a rolling restart does (fault model F10, F11).</summary>
[Collection(ClusterTestGroup.Name)]
public sealed class DrainScenarios(SharedPostgreSql postgreSql)
{
    [Fact]
    public async Task F10_a_silo_that_is_asked_to_end_hands_over_and_says_goodbye()
    {
        FaultSet.NeedsShort();
        var cancellation = TestContext.Current.CancellationToken;
        var rounds = FaultSet.Rounds(least: 0, shortSet: 3, full: 10);
        await using var scenario = await ClusterScenario.StartAsync("F10", postgreSql);
        await scenario.BeginAsync();
        await using var group = new SubscriberGroup(scenario.Recorder);
        for (var number = 0; number < 9; number++)
        {
            group.Add(
                new SubscriptionDescription { Name = $"s{number}", Scope = SubscriptionScope.Of(number % 3 == 0 ? "*" : "plant/*") },
                new SubscriberManners { First = SubscriptionStart.At(0), FirstAddress = number, Seed = number },
                scenario.Cluster.Addresses);
        }

        var began = HistoryRecorder.Now();
        var longest = TimeSpan.Zero;
        for (var round = 0; round < rounds; round++)
        {
            var victim = scenario.Cluster.Members[round % 3];
            await using var guest = new FluxSubscriber(
                $"guest-{round}", [victim.Address], "*", scenario.Cluster.Addresses, scenario.Recorder, TimeProvider.System);
            await guest.ArmedAsync(cancellation);
            var asked = TimeProvider.System.GetTimestamp();
            var exitCode = await victim.TerminateAsync(scenario.Recorder, cancellation);
            var took = TimeProvider.System.GetElapsedTime(asked);
            longest = took > longest ? took : longest;
            await guest.CloseAsync(cancellation);

            Assert.True(exitCode == 0, $"{victim.Name} ended with {exitCode}\n{victim.Output}");
            Assert.Equal([WebSocketCloseStatus.EndpointUnavailable], guest.Endings.Take(1));
            await victim.StartAsync(cancellation);
            await ClusterScenario.LastAsync(FaultSet.Seconds(shortSet: 3, full: 15));
        }

        var ended = HistoryRecorder.Now();
        scenario.Row.Measure("rate back after", await scenario.EndLoadAsync(ended), "none");
        scenario.Row.Measure("longest drain", longest, "≤ 30 s");
        scenario.Row.Measure("most failures in a row of a client", $"{scenario.Timeline().MostFailuresInARow(began, ended)}", "≤ 1");
        scenario.Row.Measure("sockets back after", scenario.LongestAbsence(), "≤ 10 s at p99");
        Assert.True(longest < TimeSpan.FromSeconds(30), $"a drain took {longest}");
        Assert.All(scenario.Subscribers.SelectMany(s => s.Endings), code => Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, code));
        await group.QuiesceAsync(async recorder => Assert.Empty(await PostgreSqlLogDump.DumpAsync(scenario.Cluster.Database, recorder, cancellation)));
        Assert.All(
            group.Subscribers.SelectMany(s => s.Records.Read()).OfType<SubscriptionRecord.Ended>().Where(e => !e.ByClient),
            ended => Assert.Equal((int)WebSocketCloseStatus.EndpointUnavailable, ended.Code));
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, SettledUnknowns = 0, Faults = rounds, Frames = 1_000, Replayed = 500 });
        var totals = group.Judge(group.ReadLog());
        Assert.True(totals.Resumes >= rounds, $"{totals.Resumes} times a newer socket came back with its cursor");
        scenario.Row.Measure("newer sockets that came back with their cursors", $"{totals.Resumes}", "each whole");
    }

    [Fact]
    public async Task F11_a_batch_that_is_half_sent_when_its_silo_is_asked_to_end_is_finished_or_refused_whole()
    {
        FaultSet.NeedsAll();
        var cancellation = TestContext.Current.CancellationToken;
        await using var scenario = await ClusterScenario.StartAsync("F11", postgreSql);
        await scenario.BeginAsync();
        var victim = scenario.Cluster.Members[0];
        var text = new string('x', 10_000);
        var events = Enumerable.Range(0, 1_000).Select(i => OutgoingEvent.Create(
            $"half-{i}", "slow", $$$"""{"entity_id":"plant/half-{{{i % 100}}}","properties":{"v":{{{i}}},"text":"{{{text}}}"}}""")).ToList();
        using var slow = scenario.Client("half", victim);
        HalfSentContent? content = null;

        var sending = slow.TryPublishAsync(events, body => content = new HalfSentContent(body), cancellation);
        await content!.IsHalfSent.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, cancellation);
        var ending = victim.TerminateAsync(scenario.Recorder, cancellation);
        await victim.WaitUntilUnreadyAsync(cancellation);
        content.SendTheRest();

        var answer = await sending;
        Assert.Equal(0, await ending);
        var stored = answer.Events.Count(e => e.Position is not null);
        scenario.Row.Measure("the batch that was half sent", $"{answer.Status}, {stored} of {events.Count} acknowledged", "all, or refused whole");
        Assert.True(stored == (answer.Status == 200 ? events.Count : 0), $"{answer.Status}: {stored} of {events.Count} were acknowledged");
        using var client = scenario.Client("again");
        Assert.Equal(200, (await client.PublishAsync(events, cancellation)).Status);
        await victim.StartAsync(cancellation);
        scenario.Row.Measure("rate back after", await scenario.EndLoadAsync(HistoryRecorder.Now()), "none");
        await scenario.FinishAsync(new HistoryThresholds { Acked = 1_000, SettledUnknowns = 0, Faults = 1, Frames = 1_000 });
    }

    /// <summary>A body that stops in the middle until it is told to go on.</summary>
    private sealed class HalfSentContent : HttpContent
    {
        private readonly byte[] _body;
        private readonly TaskCompletionSource _half = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _rest = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public HalfSentContent(byte[] body) => _body = body;

        public Task IsHalfSent => _half.Task;

        public void SendTheRest() => _rest.TrySetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var half = _body.Length / 2;
            await stream.WriteAsync(_body.AsMemory(0, half));
            await stream.FlushAsync();
            _half.TrySetResult();
            await _rest.Task;
            await stream.WriteAsync(_body.AsMemory(half));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _body.Length;
            return true;
        }
    }
}
