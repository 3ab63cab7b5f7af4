using System.Buffers;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Json;
using Flux.Core.Log;
using Flux.Server.Hosting;

namespace Flux.Server.Entities;

/// <summary>Finds out which event set each property of an entity: from its last events back, until each was seen.</summary>
internal sealed class Provenance(IEventLog log)
{
    // An event may have 1 MiB, and what is read at once is in memory as a whole.
    private const int PageEvents = 64;

    // A property that was set once, and a million events ago, is not worth a request that takes seconds.
    private const int MaxLookedAt = 100_000;

    // Each property repeats the names of its event, in which a control character takes six bytes; and the answer stands in memory.
    private const long MaxBytes = 8 * 1024 * 1024;
    private const int BytesOfCharacter = 6;
    private const int BytesBesides = 200;

    /// <summary>Finds the events that set the properties of an entity.</summary>
    /// <param name="key">The entity.</param>
    /// <param name="entity">Its properties, as of some version.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The event of each property; properties whose event lies too far back, or would make the answer too large, are left out.</returns>
    public async ValueTask<SortedDictionary<string, RecordedEvent>> FindAsync(EntityKey key, EntitySnapshot entity, CancellationToken cancellationToken)
    {
        var (version, count) = (entity.Version, EntityState.ReadProperties(entity.Properties).Count);
        var found = new SortedDictionary<string, RecordedEvent>(StringComparer.Ordinal);
        var bytes = 0L;
        for (var before = version; before > 0 && found.Count < count && version - before < MaxLookedAt && bytes < MaxBytes;)
        {
            var after = Math.Max(0, before - PageEvents);
            var page = await log.ReadEntityAsync(key, after, (int)(before - after), cancellationToken);
            for (var i = page.Count - 1; i >= 0 && found.Count < count && bytes < MaxBytes; i--)
            {
                var data = page[i].Data;
                foreach (var property in data.Payload.Change.Properties)
                {
                    if (bytes < MaxBytes && found.TryAdd(property.Name, page[i]))
                    {
                        bytes += (BytesOfCharacter * (property.Name.Length + data.EventId.Length + data.Source.Length + data.Stream.Length)) + BytesBesides;
                    }
                }
            }

            before = after;
        }

        return found;
    }

    /// <summary>Writes the member <c>provenance</c>, with a comma before it.</summary>
    public static void Write(ArrayBufferWriter<byte> json, SortedDictionary<string, RecordedEvent> found)
    {
        JsonAnswer.Write(json, ",\"provenance\":{"u8);
        var isFirst = true;
        foreach (var (name, recorded) in found)
        {
            JsonAnswer.Write(json, isFirst ? default : ","u8);
            isFirst = false;
            JsonWrite.String(json, name);
            JsonAnswer.Write(json, ":{\"eventId\":"u8);
            JsonWrite.String(json, recorded.Data.EventId);
            JsonAnswer.Write(json, ",\"source\":"u8);
            JsonWrite.String(json, recorded.Data.Source);
            JsonAnswer.Write(json, ",\"stream\":"u8);
            JsonWrite.String(json, recorded.Data.Stream);
            JsonAnswer.Write(json, ",\"position\":"u8);
            JsonWrite.Number(json, recorded.Position.Value);
            JsonAnswer.Write(json, ",\"version\":"u8);
            JsonWrite.Number(json, recorded.Version);
            JsonAnswer.Write(json, ",\"recordedAt\":"u8);
            JsonWrite.Time(json, recorded.RecordedAt, "+00:00"u8);
            JsonAnswer.Write(json, "}"u8);
        }

        JsonAnswer.Write(json, "}"u8);
    }
}
