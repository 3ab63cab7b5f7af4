using System.Diagnostics.Metrics;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.Core.Namespaces;
using Flux.EventLog;
using Flux.Grains.Namespaces;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.TestingHost;

namespace Flux.Grains.Tests;

/// <summary>A namespace's grain in a real silo, with a clock that goes where it is told.</summary>
public sealed class NamespaceTests : IAsyncLifetime
{
    private const string Name = "acme";
    private const string Operator = "operator";

    private readonly ScriptedEventLog _log = new();
    private readonly NamespaceClock _clock = new();
    private readonly LogWriter _writer;
    private readonly InProcessTestCluster _cluster;

    public NamespaceTests()
    {
        _writer = new LogWriter(
            _log, [], new OpenGate(), Options.Create(new LogWriterOptions()), new LogInstruments(new Meter("tests")), TimeProvider.System,
            NullLogger<LogWriter>.Instance);
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) => silo.Services
            .AddSingleton<ILogWriter>(_writer).AddSingleton<IReadModel>(_log).AddSingleton(new EventIds(_clock)).AddSingleton<TimeProvider>(_clock));
        _cluster = builder.Build();
    }

    private INamespaceGrain Namespace => _cluster.Client.GetGrain<INamespaceGrain>(Name);

    public async ValueTask InitializeAsync()
    {
        _writer.Start();
        await _cluster.DeployAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await _writer.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_namespace_that_has_had_ten_thousand_tokens_is_given_no_more()
    {
        Done(await Namespace.RegisterAsync(Operator));
        var forgotten = string.Join(',', Enumerable.Range(0, 10_000).Select(i => $"\"token:tok_{i}\":null"));
        _log.RecordElsewhere(Bulbs.Event(SystemEntity.OfNamespace(Name), $"{{{forgotten}}}"));

        Assert.IsType<NamespaceOutcome.TooManyTokens>(
            await Namespace.IssueTokenAsync(Operator, new TokenRequest(TokenScope.Read, "more", EntityPrefix: null, Lifetime: null)));
    }

    [Fact]
    public async Task The_use_of_a_token_is_recorded_once_a_day_and_not_on_its_first()
    {
        var token = Done(await Namespace.RegisterAsync(Operator)).TokenId!;
        await Namespace.NoteUseAsync(token, Today);
        Assert.Single(_log.Recorded);

        _clock.Ahead += TimeSpan.FromDays(1);
        await Namespace.NoteUseAsync(token, Today);
        var record = Done(await Namespace.NoteUseAsync(token, Today)).Record;

        Assert.Equal(Today, record.FindToken(token)!.LastUsedDay);
        var use = Assert.Single(_log.Recorded[1..]);
        Assert.Equal(("flux.namespaces.token.used", token), (use.Data.Stream, use.Data.Source));
    }

    [Fact]
    public async Task Rotation_within_the_bound_of_working_tokens_only()
    {
        await Namespace.RegisterAsync(Operator);
        var last = string.Empty;
        for (var i = 1; i < 100; i++)
        {
            last = Done(await Namespace.IssueTokenAsync(Operator, new TokenRequest(TokenScope.Read, "more", EntityPrefix: null, Lifetime: null))).TokenId!;
        }

        Assert.IsType<NamespaceOutcome.TooManyTokens>(await Namespace.RotateTokenAsync(Operator, last, TimeSpan.FromHours(1)));
        Assert.IsType<NamespaceOutcome.TooManyTokens>(
            await Namespace.IssueTokenAsync(Operator, new TokenRequest(TokenScope.Read, "more", EntityPrefix: null, Lifetime: null)));
        Assert.IsType<NamespaceOutcome.Done>(await Namespace.RotateTokenAsync(Operator, last, TimeSpan.Zero));
    }

    [Fact]
    public async Task Of_tokens_that_ended_the_last_hundred_are_remembered_for_ninety_days()
    {
        await Namespace.RegisterAsync(Operator);
        NamespaceRecord record = null!;
        for (var i = 0; i < 110; i++)
        {
            _clock.Ahead += TimeSpan.FromSeconds(1);
            var issued = Done(await Namespace.IssueTokenAsync(Operator, new TokenRequest(TokenScope.Read, $"{i}", EntityPrefix: null, Lifetime: null)));
            record = Done(await Namespace.RevokeTokenAsync(Operator, issued.TokenId!)).Record;
        }

        Assert.InRange(record.Tokens.Length, 101, 102); // the last that was revoked, and the first, which works
        Assert.DoesNotContain(record.Tokens, token => token.Label == "0");
        Assert.Contains(record.Tokens, token => token.Label == "109");
        _clock.Ahead += TimeSpan.FromDays(91);
        var later = Done(await Namespace.IssueTokenAsync(Operator, new TokenRequest(TokenScope.Read, "new", EntityPrefix: null, Lifetime: null)));
        Assert.Equal(["first", "new"], later.Record.Tokens.Select(token => token.Label).Order(StringComparer.Ordinal));
    }

    private int Today => TokenRecord.DayOf(_clock.GetUtcNow());

    private static NamespaceOutcome.Done Done(NamespaceOutcome outcome) => Assert.IsType<NamespaceOutcome.Done>(outcome);

    /// <summary>The system's clock, set ahead.</summary>
    private sealed class NamespaceClock : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;
    }
}
