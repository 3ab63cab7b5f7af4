using System.Collections.Concurrent;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;
using Microsoft.Extensions.Logging;

namespace Flux.Grains.Namespaces;

/// <summary>This silo's copy of all of Flux's own records, so that a request is judged without a call or a query. It follows the feed.</summary>
/// <remarks>
/// The feed has no gaps, so the copy is behind the log by no more than the feed is. Where that is not enough (a record that was written a moment
/// ago through another silo), <see cref="RefreshAsync"/> asks the log.
/// </remarks>
public sealed partial class SystemRecords : IFeedListener
{
    private static readonly TimeSpan ProjectionPatience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Copy> _copies = new(StringComparer.Ordinal);
    private readonly Lock _gate = new(); // one change at a time reaches the listeners, in the order of versions
    private readonly IReadModel _readModel;
    private readonly IEventLog _log;
    private readonly ISystemRecordListener[] _listeners;
    private readonly ILogger _logger;

    /// <summary>Initializes a new instance of the <see cref="SystemRecords"/> class.</summary>
    /// <param name="readModel">Where the records are read.</param>
    /// <param name="log">Where the head is read.</param>
    /// <param name="listeners">Who turns them into decisions.</param>
    /// <param name="logger">The logger.</param>
    public SystemRecords(IReadModel readModel, IEventLog log, IEnumerable<ISystemRecordListener> listeners, ILogger<SystemRecords> logger)
    {
        _readModel = readModel;
        _log = log;
        _listeners = [.. listeners];
        _logger = logger;
    }

    /// <summary>Reads all records, once the projection has reached the head of this moment. What the feed brings meanwhile is not lost.</summary>
    /// <param name="cancellationToken">Stops waiting and reading.</param>
    /// <exception cref="InvalidDataException">One of them is damaged: nobody can say what it was, and so who may do what.</exception>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var head = await _log.ReadHeadAsync(cancellationToken);
        while (!await _readModel.WaitForAsync(head.Position, ProjectionPatience, cancellationToken))
        {
            LogProjectionIsBehind(head.Position, _readModel.Position);
        }

        var damaged = await _readModel.ReadQuarantinedAsync(SystemEntity.Prefix, maxCount: 1, cancellationToken);
        if (damaged is [{ Id: var id, Damage: var damage }, ..] && SystemEntity.Owns(id))
        {
            // The state of before may let in whom the damaged event has shut out.
            throw new InvalidDataException(
                $"the record {id}, which says who may do what, has a damaged event at position {damage.Position}: {damage.Reason}; restore it before the server starts with authentication");
        }

        await foreach (var entity in _readModel.ListAsync(SystemEntity.Namespace, SystemEntity.Prefix, cancellationToken))
        {
            See(entity.Id, EntityState.ReadProperties(entity.Properties), entity.Version);
        }
    }

    /// <summary>Brings one record up to this moment.</summary>
    /// <param name="key">The record's entity.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="EventLogUnavailableException">The log does not answer.</exception>
    public async Task RefreshAsync(EntityKey key, CancellationToken cancellationToken)
    {
        var state = await _readModel.LoadAsync(key, cancellationToken);
        if (state.Version > 0)
        {
            See(key.Id, state.Properties, state.Version);
        }
    }

    /// <summary>The same for a record whose change is in the log already, so that nobody is told otherwise: the feed brings it too.</summary>
    /// <param name="key">The record's entity.</param>
    public async Task TryRefreshAsync(EntityKey key)
    {
        try
        {
            await RefreshAsync(key, CancellationToken.None);
        }
        catch (EventLogUnavailableException e)
        {
            LogNotRead(e, key.Id);
        }
    }

    /// <inheritdoc/>
    public void OnFeed(IReadOnlyList<RecordedEvent> events)
    {
        for (var i = 0; i < events.Count; i++)
        {
            if (events[i].Data.Payload.EntityId is { } id && SystemEntity.Owns(id))
            {
                Follow(id, events[i]);
            }
        }
    }

    private void Follow(string id, RecordedEvent recorded)
    {
        lock (_gate)
        {
            var copy = _copies.GetValueOrDefault(id, Copy.Nothing);
            if (recorded.Version == copy.Version + 1)
            {
                See(id, copy.Properties.Set(recorded.Data.Payload.Change.Properties), recorded.Version);
            }
            else if (recorded.Version > copy.Version)
            {
                _ = CatchUpAsync(id); // the first events that this silo has heard of
            }
        }
    }

    private async Task CatchUpAsync(string id)
    {
        try
        {
            await RefreshAsync(EntityKey.Trusted(id), CancellationToken.None);
        }
        catch (Exception e)
        {
            LogNotRead(e, id);
        }
    }

    private void See(string id, PropertyMap properties, long version)
    {
        lock (_gate)
        {
            if (version <= _copies.GetValueOrDefault(id, Copy.Nothing).Version)
            {
                return;
            }

            _copies[id] = new Copy(properties, version);
            foreach (var listener in _listeners)
            {
                listener.OnRecord(id, properties, version);
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "Waiting for the projection to reach position {Head}, to know who owns which namespace; it is at {Position}")]
    private partial void LogProjectionIsBehind(Position head, Position position);

    [LoggerMessage(LogLevel.Warning, "The record {Id} could not be read; it is read when it is asked for")]
    private partial void LogNotRead(Exception exception, string id);

    private sealed record Copy(PropertyMap Properties, long Version)
    {
        public static readonly Copy Nothing = new(PropertyMap.Empty, Version: 0);
    }
}
