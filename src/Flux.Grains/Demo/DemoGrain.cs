using System.Text.Json;
using System.Text.Json.Nodes;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.Grains.Entities;
using Flux.Grains.Namespaces;
using Microsoft.Extensions.Logging;

namespace Flux.Grains.Demo;

/// <summary>Lets the demo world live: a few of its events twice a second, until it is ended, its time is over, or its silo ends.</summary>
/// <remarks>
/// Not reentrant, and its timer does not interleave: no event of it comes behind its end, which could bring an entity back. What it was is seen by its entity
/// <see cref="DemoWorld.Mark"/>, which is the first to come and the last to go: without it nothing under <c>demo/</c> is the demo's.
/// </remarks>
internal sealed partial class DemoGrain(
    EntityGrains entities, IEventLog log, IReadModel readModel, EventIds ids, TimeProvider time, ILogger<DemoGrain> logger) : Grain, IDemoGrain
{
    private const string MadeBy = "made_by";
    private const string Maker = "the demo of Flux";

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30); // nobody has to remember it
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2); // as long as a list waits

    private readonly ILogger<DemoGrain> _logger = logger;
    private readonly DemoProducer _producer = new(entities, ids, time);
    private DemoWorld? _world; // null while it does not run
    private IGrainTimer? _timer;
    private DateTimeOffset _endsAt;

    public async Task<string?> StartAsync(string? owner)
    {
        if (_world is not null)
        {
            return null;
        }

        var isOurs = await IsOursAsync();
        if ((await FindAllAsync()).Find(id => !isOurs || !DemoWorld.Owns(id)) is { } foreign)
        {
            return $"{Shown.Quote(foreign)} is not of the demo: it needs the namespace {DemoWorld.Namespace} for itself";
        }

        if (owner is not null && await Namespace.RegisterAsync(owner) is NamespaceOutcome.NameTaken && !isOurs)
        {
            return $"the namespace {DemoWorld.Namespace} has an owner";
        }

        await _producer.PublishAsync(DemoWorld.Mark, "demo", new JsonObject { [MadeBy] = Maker });
        var world = new DemoWorld(_producer, Random.Shared);
        await world.BeginAsync();
        _endsAt = time.GetUtcNow() + Longest;
        _timer = this.RegisterGrainTimer(LiveAsync, new GrainTimerCreationOptions(Pace, Pace) { KeepAlive = true });
        _world = world;
        LogStarted();
        return null;
    }

    public async Task<DemoStatus> GetAsync() => _world is null ? new DemoStatus(await IsOursAsync(), EndsAt: null) : new DemoStatus(IsThere: true, _endsAt);

    public async Task<int> EndAsync(string? owner)
    {
        Stop();
        if (!await IsOursAsync())
        {
            return 0;
        }

        var own = (await FindAllAsync()).FindAll(id => DemoWorld.Owns(id) && id != DemoWorld.Mark);
        await Task.WhenAll(own.Select(DeleteAsync));
        if (owner is not null)
        {
            await Namespace.DeleteAsync(owner); // that nobody has it is just as good
        }

        await DeleteAsync(DemoWorld.Mark);
        return own.Count + 1;
    }

    private INamespaceGrain Namespace => GrainFactory.GetGrain<INamespaceGrain>(DemoWorld.Namespace);

    private async Task LiveAsync(CancellationToken cancellationToken)
    {
        if (time.GetUtcNow() >= _endsAt)
        {
            Stop();
            return;
        }

        try
        {
            await _world!.LiveAsync();
        }
        catch (Exception e) when (e is EventLogUnavailableException or AppendOutcomeUnknownException || GrainCall.HasNoAnswer(e))
        {
            LogMissed(e); // a plant whose messages are lost goes on
        }
    }

    private void Stop()
    {
        if (_world is not null)
        {
            _timer!.Dispose();
            (_timer, _world) = (null, null);
            LogStopped();
        }
    }

    private async Task<bool> IsOursAsync()
    {
        if (await entities.Get(EntityKey.Trusted(DemoWorld.Mark)).GetAsync() is not { } mark)
        {
            return false;
        }

        using var properties = JsonDocument.Parse(mark.Properties);
        return properties.RootElement.TryGetProperty(MadeBy, out var maker) && maker.ValueEquals(Maker);
    }

    private async Task<List<string>> FindAllAsync()
    {
        var head = await log.ReadHeadAsync(CancellationToken.None);
        if (!await readModel.WaitForAsync(head.Position, LongestWait, CancellationToken.None))
        {
            throw new EventLogUnavailableException("the lists are being brought up to date; ask again");
        }

        var found = new List<string>();
        await foreach (var entity in readModel.ListAsync(DemoWorld.Namespace, prefix: string.Empty, CancellationToken.None))
        {
            found.Add(entity.Id);
        }

        return found;
    }

    private Task DeleteAsync(string id)
    {
        var key = EntityKey.Trusted(id);
        return entities.Get(key).AppendAsync(ServerEvents.Deletion(key, ServerEvents.DeletionStream, "demo", ids.Next(), time.GetUtcNow()));
    }

    [LoggerMessage(LogLevel.Information, "The demo world lives")]
    private partial void LogStarted();

    [LoggerMessage(LogLevel.Information, "The demo world has ended")]
    private partial void LogStopped();

    [LoggerMessage(LogLevel.Debug, "Some events of the demo world were not recorded")]
    private partial void LogMissed(Exception exception);
}
