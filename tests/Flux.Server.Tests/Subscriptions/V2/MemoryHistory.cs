using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;

namespace Flux.Server.Tests.Subscriptions.V2;

/// <summary>Makes the events of a log, one after the other, as a store would record them: with versions, hashes and what was before.</summary>
internal sealed class MemoryHistory
{
    private readonly Dictionary<string, EntityState> _states = new(StringComparer.Ordinal);
    private readonly List<RecordedEvent> _events = [];

    public IReadOnlyList<RecordedEvent> Events => _events;

    /// <summary>Makes the next event.</summary>
    /// <param name="id">The entity.</param>
    /// <param name="properties">What it sets, as a JSON object.</param>
    /// <param name="recordedAt">When; left out, a microsecond after the one before.</param>
    public RecordedEvent Add(string id, string properties, Timestamp? recordedAt = null)
    {
        var position = new Position(_events.Count + 1);
        var payload = new EventPayload(Encoding.UTF8.GetBytes($$"""{"entity_id":{{JsonSerializer.Serialize(id)}},"properties":{{properties}}}"""));
        var before = _states.GetValueOrDefault(id, EntityState.Empty);
        var recorded = new RecordedEvent
        {
            Position = position,
            RecordedAt = recordedAt ?? new Timestamp(1_772_028_627_000_000 + position.Value),
            Version = before.Version + 1,
            Hash = SHA256.HashData(BitConverter.GetBytes(position.Value)),
            Before = before.Before(payload.Change),
            Data = new EventData
            {
                EventId = $"e{position}",
                EventIdIsGiven = true,
                Stream = "test",
                Source = "tests",
                Timestamp = 1,
                TimestampIsGiven = true,
                Payload = payload,
            },
        };
        _states[id] = before.Apply(recorded);
        _events.Add(recorded);
        return recorded;
    }

    public RecordedEvent Delete(string id) => Add(id, """{"__deleted__":true}""");
}
