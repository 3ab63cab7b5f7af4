using Flux.Core.Events;
using Flux.Core.Log;

namespace Flux.Server.Tests.Subscriptions;

/// <summary>A log that is a list: enough for whoever reads it by position.</summary>
internal sealed class MemoryEventLog : IEventLog
{
    private readonly List<RecordedEvent> _events = [];
    private readonly Dictionary<string, List<RecordedEvent>> _byEntity = new(StringComparer.Ordinal);
    private long _reads;

    public Guid Epoch { get; } = Guid.NewGuid();

    public Timestamp Now => throw new NotSupportedException();

    public long Reads => Interlocked.Read(ref _reads);

    /// <summary>Gets or sets what says whether the log cannot be read, at each read.</summary>
    public Func<bool> IsLost { get; set; } = static () => false;

    public void Add(IEnumerable<RecordedEvent> events)
    {
        lock (_events)
        {
            foreach (var recorded in events)
            {
                _events.Add(recorded);
                var id = recorded.Data.Payload.EntityId ?? string.Empty;
                if (!_byEntity.TryGetValue(id, out var own))
                {
                    _byEntity.Add(id, own = []);
                }

                own.Add(recorded);
            }
        }
    }

    public RecordedEvent[] ToArray()
    {
        lock (_events)
        {
            return [.. _events];
        }
    }

    /// <summary>Gives an entity's events.</summary>
    public RecordedEvent[] ToArray(string id)
    {
        lock (_events)
        {
            return _byEntity.TryGetValue(id, out var own) ? [.. own] : [];
        }
    }

    public ValueTask<LogHead> ReadHeadAsync(CancellationToken cancellationToken)
    {
        lock (_events)
        {
            return new(new LogHead(new Position(_events.Count), _events.Count > 0 ? _events[^1].RecordedAt : default, []));
        }
    }

    public ValueTask<LogPage> ReadAsync(
        LogScope scope, Position from, ReadDirection direction, int maxCount, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        if (IsLost())
        {
            throw new EventLogUnavailableException("the test has taken it away");
        }

        lock (_events)
        {
            var page = new List<RecordedEvent>();
            var at = (int)from.Value - 1;
            for (; at < _events.Count && page.Count < maxCount; at++)
            {
                if (Holds(scope, _events[at]))
                {
                    page.Add(_events[at]);
                }
            }

            return new(new LogPage(page, new Position(at + 1), at >= _events.Count));
        }
    }

    public ValueTask<AppendResult[]> AppendAsync(IReadOnlyList<EventToAppend> events, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<IReadOnlyList<RecordedEvent>> ReadEntityAsync(
        EntityKey key, long afterVersion, int maxCount, CancellationToken cancellationToken) =>
        new([.. ToArray(key.Id).Where(recorded => recorded.Version > afterVersion).Take(maxCount)]);

    public ValueTask<RecordedEvent?> FindByEventIdAsync(string ns, string eventId, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<IReadOnlyList<RecordedEvent>> ReadEffectsAsync(Position cause, Position after, int maxCount, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<Position> FindPositionAsync(Timestamp time, CancellationToken cancellationToken)
    {
        lock (_events)
        {
            return new(new Position(_events.TakeWhile(recorded => recorded.RecordedAt < time).Count() + 1));
        }
    }

    public ValueTask<Position> WaitForMoreAsync(Position position, CancellationToken cancellationToken) => throw new NotSupportedException();

    private static bool Holds(LogScope scope, RecordedEvent recorded) => scope switch
    {
        LogScope.OfEntity(var key) => recorded.Data.Entity == key,
        LogScope.OfNamespace(var name) => (recorded.Data.Entity?.Namespace ?? string.Empty) == name,
        _ => true,
    };
}
