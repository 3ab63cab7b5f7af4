using Flux.Core.Events;
using Flux.Core.Log;

namespace Flux.Server.Tests.Subscriptions;

/// <summary>A log that is a list: enough for whoever reads it by position.</summary>
internal sealed class MemoryEventLog : IEventLog
{
    private readonly List<RecordedEvent> _events = [];
    private long _reads;

    public Guid Epoch { get; } = Guid.NewGuid();

    public long Reads => Interlocked.Read(ref _reads);

    public void Add(IEnumerable<RecordedEvent> events)
    {
        lock (_events)
        {
            _events.AddRange(events);
        }
    }

    public ValueTask<LogHead> ReadHeadAsync(CancellationToken cancellationToken)
    {
        lock (_events)
        {
            return new(new LogHead(new Position(_events.Count), default, []));
        }
    }

    public ValueTask<LogPage> ReadAsync(
        LogScope scope, Position from, ReadDirection direction, int maxCount, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        lock (_events)
        {
            RecordedEvent[] page = [.. _events.Skip((int)from.Value - 1).Take(maxCount)];
            var next = new Position(from.Value + page.Length);
            return new(new LogPage(page, next, next.Value > _events.Count));
        }
    }

    public ValueTask<AppendResult[]> AppendAsync(IReadOnlyList<EventToAppend> events, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<IReadOnlyList<RecordedEvent>> ReadEntityAsync(
        EntityKey key, long afterVersion, int maxCount, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<RecordedEvent?> FindByEventIdAsync(string ns, string eventId, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<Position> FindPositionAsync(Timestamp time, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<Position> WaitForMoreAsync(Position position, CancellationToken cancellationToken) => throw new NotSupportedException();
}
