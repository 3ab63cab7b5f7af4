using CsCheck;
using Flux.Core.Expressions;
using Flux.Core.Log;
using Flux.Core.Subscriptions;
using Flux.Grains.Namespaces;
using Flux.Server.Namespaces;
using Flux.Server.Subscriptions;
using Flux.Server.Subscriptions.V2;
using Microsoft.AspNetCore.Http;

namespace Flux.Server.Tests.Subscriptions.V2;

/// <summary>Random scripts of writes, subscriptions and slow clients: what each subscription receives is what the log says.</summary>
public sealed class SubscriptionServiceTests
{
    private static readonly Gen<Step[]> Script = Gen.Select(
        Gen.Frequency(
            (16, Gen.Const(StepKind.Write)), (2, Gen.Const(StepKind.Dispatch)), (1, Gen.Const(StepKind.Project)), (3, Gen.Const(StepKind.Subscribe)),
            (1, Gen.Const(StepKind.Unsubscribe)), (1, Gen.Const(StepKind.Stall)), (1, Gen.Const(StepKind.Read)), (4, Gen.Const(StepKind.Yield))),
        Gen.Int[0, 1000],
        Gen.Int[0, 1000],
        Gen.Int[0, 1000],
        Gen.Int[0, 1000]).Select((kind, a, b, c, d) => new Step(kind, a, b, c, d)).Array[0, 250];

    [Fact]
    public Task Every_subscription_receives_what_the_log_says() => Script.SampleAsync(Playback.PlayAsync, iter: 200, threads: 2);

    // Beyond 50,000 positions the log is read by entity or namespace.
    [Theory]
    [InlineData("a/7", -1)]
    [InlineData("a/*", -1)]
    [InlineData("c", -1)]
    [InlineData("*", -1)]
    [InlineData("a/*", 0)]
    [InlineData("c", 3)]
    public async Task Who_is_far_behind_gets_everything_as_well(string pattern, int predicate)
    {
        var history = new MemoryHistory();
        for (var i = 0; i < 52_000; i++)
        {
            history.Add(i % 997 == 0 ? "c" : i % 5 == 0 ? $"a/{i / 5 % 1000}" : $"b/{i % 10}", $$"""{"n":{{i / 100 % 11}}}""");
        }

        var log = new MemoryEventLog();
        log.Add(history.Events);
        await CheckFromStartAsync(log, history, pattern, predicate < 0 ? null : ModelPredicate.All[predicate]);
    }

    [Fact]
    public async Task A_log_that_is_lost_for_a_moment_holds_a_subscription_up_and_loses_nothing()
    {
        var history = new MemoryHistory();
        for (var i = 0; i < 3000; i++)
        {
            history.Add($"a/{i % 3}", $$"""{"n":{{i % 11}}}""");
        }

        var log = new MemoryEventLog();
        log.Add(history.Events);
        var reads = 0;
        log.IsLost = () => Interlocked.Increment(ref reads) % 4 == 1;

        await CheckFromStartAsync(log, history, "*", where: null);

        Assert.True(reads > 4);
    }

    [Fact]
    public async Task A_place_that_cannot_be_looked_up_now_is_an_error_and_not_an_unknown_cursor()
    {
        var log = new MemoryEventLog();
        var history = new MemoryHistory();
        for (var i = 0; i < 3000; i++)
        {
            history.Add("a", """{"n":1}""");
        }

        log.Add(history.Events);
        var dispatcher = Create(log, out var service, out var failures);
        using var _ = service;
        using var __ = failures;
        dispatcher.StartAfter(new Position(3000), history.Events[^1].Hash);
        using var socket = Connect();
        log.IsLost = static () => true;
        var start = new StartPoint.AfterPosition(new Position(5));
        var subscription = new Subscription(
            socket.Connection, new FrameVariant("s"), new SubscribeRequest(new Scope(["a"], []), start, Where: null, SlowMode.CatchUp, WantsProgress: false), static _ => { });

        await Assert.ThrowsAsync<EventLogUnavailableException>(() => service.StartAsync(subscription, start, CancellationToken.None));

        Assert.Empty(socket.Received("s"));
    }

    private static async Task CheckFromStartAsync(MemoryEventLog log, MemoryHistory history, string pattern, ModelPredicate? where)
    {
        var dispatcher = Create(log, out var service, out var failures);
        using var _ = service;
        using var __ = failures;
        dispatcher.StartAfter(new Position(history.Events.Count), history.Events[^1].Hash);
        using var stopping = new CancellationTokenSource();
        var judging = service.RunAsync(stopping.Token);
        using var socket = Connect();
        var start = new StartPoint.AfterPosition(Position.Start);
        var scope = new Scope([pattern], []);
        var request = new SubscribeRequest(scope, start, where is null ? null : Predicate.Compile(where.Text), SlowMode.CatchUp, WantsProgress: false);
        var subscription = new Subscription(socket.Connection, new FrameVariant("s"), request, static _ => { });

        Assert.Null(await service.StartAsync(subscription, start, CancellationToken.None));

        await HostedSubscriptions.UntilAsync(() =>
        {
            Assert.Empty(failures.Failures);
            return subscription.IsLive; // it joins with its last frame
        });
        var frames = socket.Received("s");
        Assert.Equal("caught_up", frames[^1].GetProperty("type").GetString());
        var checker = new FrameChecker(log.Epoch, history.Events, scope.Includes, where, frames);
        checker.Check();
        checker.CheckComplete(history.Events.Count);
        checker.CheckReached(history.Events.Count);
        service.End(subscription);
        await stopping.CancelAsync();
        await judging;
    }

    private static ChangeDispatcher Create(MemoryEventLog log, out SubscriptionService service, out FailureLog failures)
    {
        var readModel = new MemoryReadModel(log, rowsAtOnce: 100);
        failures = new FailureLog();
        return TestDispatcher.Create(new NamespaceDirectory(), log, readModel, new SubscriptionOptions(), failures, out service);
    }

    private static PlayedSocket Connect() => new(new Connection(
        ConnectionProtocol.Newer, new Outbox(100_000), new DefaultHttpContext(), new ReadRights(new NamespaceDirectory(), token: null, TimeProvider.System)));
}
