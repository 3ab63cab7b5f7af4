using System.Buffers;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Json;
using Flux.Core.Log;

namespace Flux.Grains.Namespaces;

/// <summary>One of Flux's own records: an entity below <c>$flux/</c>, changed by one grain, each change an event.</summary>
/// <remarks>
/// After a silo is lost two activations of that grain may live for a moment. The log's fences let one of them write; the other reads the record
/// again and decides anew, so that what must happen once (a name is claimed) happens once. Not for a reentrant grain.
/// </remarks>
internal sealed class SystemRecord(EntityKey key, ILogWriter log, IReadModel readModel, EventIds ids, TimeProvider time)
{
    // Two activations of one grain live for seconds at most.
    private const int MaxConflicts = 10;

    private EntityState? _state; // as of the last change through this activation; null when the log has to be asked

    /// <summary>Changes the record.</summary>
    /// <param name="action">What happens, as the stream of its event: <c>flux.namespaces.registered</c>.</param>
    /// <param name="actor">Who does it, as the source of its event.</param>
    /// <param name="decide">Gives the properties to set for a state of the record; null to change nothing. It may be asked several times.</param>
    /// <returns>The state after it.</returns>
    /// <exception cref="EventLogUnavailableException">Nothing was written; also when the record has a damaged event (<see cref="EntityQuarantinedException"/>).</exception>
    /// <exception cref="AppendOutcomeUnknownException">Nobody knows.</exception>
    public async Task<EntityState> ChangeAsync(string action, string actor, Func<EntityState, List<KeyValuePair<string, byte[]>>?> decide)
    {
        for (var conflicts = 0; conflicts < MaxConflicts; conflicts++)
        {
            var state = _state ??= (await readModel.LoadAsync(key, CancellationToken.None)).Whole();
            if (decide(state) is not { Count: > 0 } properties)
            {
                return state;
            }

            _state = null; // until it is known what became of it
            var data = ToEvent(action, actor, properties);
            var change = data.Payload.Change;
            var (version, before) = (state.Version + 1, state.Before(change));
            var hash = EventHash.OfRow(state.Hash, data, version, before, cause: null, expiry: null);
            var result = await log.AppendAsync(new EventToAppend(data, version, before, Cause: null, Expiry: null, hash), new AppendRun());
            if (result is AppendResult.Appended { Event: var recorded })
            {
                return _state = state.Apply(recorded);
            }
        }

        throw new EventLogUnavailableException("another writer keeps changing this record");
    }

    private EventData ToEvent(string action, string actor, List<KeyValuePair<string, byte[]>> properties)
    {
        var json = new ArrayBufferWriter<byte>(256);
        json.Write("{\"entity_id\":"u8);
        JsonWrite.String(json, key.Id);
        json.Write(",\"properties\":{"u8);
        for (var i = 0; i < properties.Count; i++)
        {
            json.Write(i == 0 ? default : ","u8);
            JsonWrite.String(json, properties[i].Key);
            json.Write(":"u8);
            json.Write(properties[i].Value);
        }

        json.Write("}}"u8);
        return new EventData
        {
            EventId = ids.Next(),
            EventIdIsGiven = false,
            Stream = action,
            Source = actor,
            Timestamp = time.GetUtcNow().ToUnixTimeMilliseconds(),
            TimestampIsGiven = true,
            Payload = new EventPayload(json.WrittenSpan.ToArray()),
        };
    }
}
