using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;

namespace Flux.EventLog.Tests;

/// <summary>What a world was before anything was done to it: of each row its entity and version, of each entity its state.</summary>
internal sealed record SoundWorld(IReadOnlyList<RecordedEvent> Rows, IReadOnlyDictionary<string, string> States)
{
    /// <summary>Reads a whole log and all its entities.</summary>
    public static async Task<SoundWorld> ReadAsync(OpenedStore store, CancellationToken cancellationToken)
    {
        var rows = await ReadRowsAsync(store.Checked, LogScope.All, cancellationToken);
        var states = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var id in rows.Select(row => row.Data.Payload.EntityId).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            states.Add(id, Show(await store.ReadModel.LoadAsync(EntityKey.Trusted(id), cancellationToken)));
        }

        return new SoundWorld(rows, states);
    }

    /// <summary>Reads everything in scope, page by page.</summary>
    public static async Task<List<RecordedEvent>> ReadRowsAsync(IEventLog log, LogScope scope, CancellationToken cancellationToken)
    {
        var rows = new List<RecordedEvent>();
        for (var from = new Position(1); ;)
        {
            var page = await log.ReadAsync(scope, from, ReadDirection.Forward, maxCount: 100, cancellationToken);
            rows.AddRange(page.Events);
            if (page.IsLast)
            {
                return rows;
            }

            from = page.Next;
        }
    }

    /// <summary>Writes a state so that two can be compared.</summary>
    public static string Show(EntityState state)
    {
        var json = new System.Buffers.ArrayBufferWriter<byte>();
        state.WriteProperties(json);
        return $"{state.Version} {Convert.ToHexString(state.Hash)} {state.LastUpdated.Microseconds} {System.Text.Encoding.UTF8.GetString(json.WrittenSpan)} {state.Damage?.ToText()}";
    }
}
