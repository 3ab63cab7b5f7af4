using Flux.Core.Expressions;
using Flux.Core.Log;
using Flux.Core.Subscriptions;
using Flux.Grains.Namespaces;
using Flux.Server.Namespaces;
using Flux.Server.Subscriptions;
using Flux.Server.Subscriptions.V2;
using Microsoft.AspNetCore.Http;

namespace Flux.Server.Tests.Subscriptions.V2;

/// <summary>Plays a script against the subscriptions of a silo without a server, and compares what every subscription received with the log.</summary>
internal sealed class Playback : IAsyncDisposable
{
    private const int OutboxBytes = 1500;

    private static readonly string[] Ids = ["a/1", "a/2", "a/x/é", "b/1", "b/2", "c", "😀/1", "", "$flux/x"];

    private static readonly (string[] Patterns, string[] Prefixes)[] Scopes =
    [
        (["*"], []), (["a/*"], []), (["a/1"], []), (["b/1", "c", ""], []), ([], ["a/x"]), (["a/1", "b/*"], ["a/"]), ([], ["", "b"]), (["😀/*", "zz"], ["c"]),
    ];

    private readonly MemoryEventLog _log = new();
    private readonly MemoryHistory _history = new();
    private readonly MemoryReadModel _readModel;
    private readonly ChangeDispatcher _dispatcher;
    private readonly SubscriptionService _subscriptions;
    private readonly FailureLog _failures = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _judging;
    private readonly NamespaceDirectory _directory = new();
    private readonly List<PlayedSocket> _sockets = [];
    private readonly List<PlayedSubscription> _played = [];
    private readonly Lock _writing = new();
    private int _dispatched;

    public Playback()
    {
        _readModel = new MemoryReadModel(_log, rowsAtOnce: 2);
        _dispatcher = TestDispatcher.Create(_directory, _log, _readModel, new SubscriptionOptions { OutboxBytes = OutboxBytes }, _failures, out _subscriptions);
        _dispatcher.StartAfter(Position.Start, default);
        _judging = _subscriptions.RunAsync(_stopping.Token);
        for (var i = 0; i < 3; i++)
        {
            _sockets.Add(new PlayedSocket(new Connection(
                ConnectionProtocol.Newer, new Outbox(OutboxBytes), new DefaultHttpContext(), new ReadRights(_directory, token: null, TimeProvider.System))));
        }
    }

    public static async Task PlayAsync(Step[] script)
    {
        await using var playback = new Playback();
        await playback.RunAsync(script);
    }

    public async Task RunAsync(Step[] script)
    {
        // While a snapshot is read, more is written: between its pages.
        var pages = 0;
        var isDone = false;
        _readModel.BeforePage = () =>
        {
            lock (_writing)
            {
                if (++pages <= 60 && !isDone)
                {
                    Write(pages * 7, pages * 3, pages);
                    _readModel.Project(new Position(_history.Events.Count));
                    Dispatch();
                }
            }
        };
        foreach (var step in script)
        {
            await PlayAsync(step);
        }

        lock (_writing)
        {
            isDone = true;
            Dispatch();
        }

        _sockets.ForEach(socket => socket.Read());
        await UntilAsync(() =>
        {
            Assert.Empty(_failures.Failures);
            Assert.False(_judging.IsFaulted, $"{_judging.Exception}");
            _subscriptions.SendProgress(static _ => true);
            return _played.TrueForAll(played => played.IsOver || played.HasReached(_history.Events.Count));
        });
        await Task.WhenAll(_sockets.Select(socket => socket.Connection.Outbox.WriteAsync(default))); // what ended may still be under way
        foreach (var played in _played)
        {
            played.Check(_log.Epoch, _history.Events);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _sockets.ForEach(socket => socket.Read());
        _played.ForEach(played => _subscriptions.End(played.Subscription));
        await _stopping.CancelAsync();
        await _judging;
        _sockets.ForEach(socket => socket.Dispose());
        _stopping.Dispose();
        _failures.Dispose();
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(ServerFixture.Guard);
        while (!condition())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private async Task PlayAsync(Step step)
    {
        switch (step.Kind)
        {
            case StepKind.Write:
                Write(step.A, step.B, step.C);
                if (step.D % 2 == 0)
                {
                    Dispatch();
                }

                break;
            case StepKind.Dispatch:
                Dispatch();
                break;
            case StepKind.Project:
                _readModel.Project(new Position(_history.Events.Count));
                break;
            case StepKind.Subscribe:
                await SubscribeAsync(step);
                break;
            case StepKind.Unsubscribe when _played.Count > 0:
                var played = _played[step.A % _played.Count];
                played.IsOver = true;
                _subscriptions.End(played.Subscription);
                break;
            case StepKind.Stall:
                _sockets[step.A % _sockets.Count].Stall();
                break;
            case StepKind.Read:
                _sockets[step.A % _sockets.Count].Read();
                break;
            default:
                await Task.Yield();
                break;
        }
    }

    private void Write(int a, int b, int c)
    {
        lock (_writing)
        {
            var id = Ids[a % Ids.Length];
            var recorded = (b % 8) switch
            {
                0 => _history.Delete(id),
                1 => _history.Add(id, "{}"),
                2 => _history.Add(id, $$"""{"t":{{c % 3}}}"""),
                3 => _history.Add(id, $$"""{"t":{{c % 3}},"n":{{c % 11}}}"""),
                _ => _history.Add(id, $$"""{"n":{{c % 11}}}"""),
            };
            _log.Add([recorded]);
        }
    }

    private void Dispatch()
    {
        lock (_writing)
        {
            _dispatcher.Dispatch([.. _history.Events.Skip(_dispatched)]);
            _dispatched = _history.Events.Count;
        }
    }

    private async Task SubscribeAsync(Step step)
    {
        var (patterns, prefixes) = Scopes[step.A % Scopes.Length];
        var where = (step.B % 9) is var choice && choice < ModelPredicate.All.Count ? ModelPredicate.All[choice] : null;
        StartPoint start;
        lock (_writing)
        {
            var position = _dispatched == 0 ? 0 : step.C % (_dispatched + 1);
            start = (step.D % 4) switch
            {
                0 => new StartPoint.Now(),
                1 => new StartPoint.Snapshot(),
                2 => new StartPoint.AfterPosition(new Position(position)),
                _ => new StartPoint.AfterCursor(position == 0 ? new Cursor(_log.Epoch, Position.Start, 0) : Cursor.Behind(_log.Epoch, _history.Events[position - 1])),
            };
        }

        var socket = _sockets[step.C % _sockets.Count];
        var request = new SubscribeRequest(
            new Scope(patterns, prefixes), start, where is null ? null : Predicate.Compile(where.Text), (SlowMode)(step.B / 9 % 3), WantsProgress: true);
        var played = new PlayedSubscription($"s{_played.Count}", request, where, socket);
        _played.Add(played);
        Assert.Null(await _subscriptions.StartAsync(played.Subscription, start, CancellationToken.None));
    }
}
