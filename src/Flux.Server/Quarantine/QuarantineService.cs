using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.EventLog;
using Flux.Grains.Entities;

namespace Flux.Server.Quarantine;

/// <summary>Hears of damaged events from whoever meets them, names each to the operator once, and has its entity refuse everything.</summary>
/// <remarks>What it remembers only keeps it from saying things twice. The truth is the log: who reads the event again tells again.</remarks>
internal sealed partial class QuarantineService(
    DamageReports reports, IReadModel readModel, EntityGrains grains, QuarantineInstruments instruments, TimeProvider time, ILogger<QuarantineService> logger)
    : BackgroundService
{
    private const int MaxKnown = 100_000;
    private const int PageEntities = 1_000;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ILogger<QuarantineService> _logger = logger;
    private readonly HashSet<string> _entities = new(StringComparer.Ordinal);
    private readonly HashSet<string> _untold = new(StringComparer.Ordinal); // named to the operator, and not yet to their grains
    private readonly HashSet<Position> _places = []; // of events whose entity nobody knows

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await LoadAsync(stoppingToken);
            await foreach (var (entity, damage) in reports.Reader.ReadAllAsync(stoppingToken))
            {
                await TakeAsync(entity, damage, stoppingToken);
                instruments.OnKnown(_entities.Count);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the server stops
        }
    }

    // What was quarantined before the start is still, and the operator is reminded.
    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<QuarantinedEntity> page = [];
            do
            {
                page = await readModel.ReadQuarantinedAsync(page is [.., var last] ? last.Id : null, PageEntities, cancellationToken);
                foreach (var (id, damage) in page)
                {
                    await TakeAsync(id, damage, cancellationToken);
                }
            }
            while (page.Count == PageEntities);

            instruments.OnKnown(_entities.Count);
        }
        catch (EventLogUnavailableException e)
        {
            LogNotRead(e);
        }
    }

    private async Task TakeAsync(string? entity, EntityDamage damage, CancellationToken cancellationToken)
    {
        if (entity is null)
        {
            if (_places.Count < MaxKnown && _places.Add(damage.Position))
            {
                LogDamagedWithoutEntity(damage.Position, damage.Reason);
            }

            return;
        }

        if (!_untold.Remove(entity))
        {
            if (_entities.Count >= MaxKnown || !_entities.Add(entity))
            {
                return;
            }

            LogQuarantined(Shown.Quote(entity), damage.Position, damage.Version, damage.Reason);
        }

        if (SystemEntity.Owns(entity))
        {
            return; // has no such grain; whoever changes it reads it first
        }

        try
        {
            await grains.Get(EntityKey.Trusted(entity)).QuarantineAsync(damage);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Told again by whoever meets it next.
            LogNotTold(e, Shown.Quote(entity));
            _untold.Add(entity);
            await Task.Delay(Pause, time, cancellationToken);
            reports.Report(entity, damage);
        }
    }

    [LoggerMessage(LogLevel.Error, "{Entity} is quarantined: its event at position {Position} (version {Version}) {Reason}")]
    private partial void LogQuarantined(string entity, Position position, long version, string reason);

    [LoggerMessage(LogLevel.Error, "The event at position {Position} {Reason}. Which entity it is of is not known here: verify says more")]
    private partial void LogDamagedWithoutEntity(Position position, string reason);

    [LoggerMessage(LogLevel.Warning, "{Entity} could not be told that it is quarantined; trying again")]
    private partial void LogNotTold(Exception exception, string entity);

    [LoggerMessage(LogLevel.Warning, "The quarantined entities could not be read; each is named when somebody meets it")]
    private partial void LogNotRead(Exception exception);
}
