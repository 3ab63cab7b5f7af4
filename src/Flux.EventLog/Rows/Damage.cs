using System.Buffers;
using System.Text;
using Flux.Core.Json;
using Flux.Core.Log;

namespace Flux.EventLog.Rows;

/// <summary>What is said about a row that is not what was written: where it is, and what is wrong.</summary>
internal static class Damage
{
    /// <summary>What is said of a row that is not there.</summary>
    public const string Missing = "is missing: it was removed";

    /// <summary>Makes what stands for a row that is not there. Whose it was is not known.</summary>
    public static RecordedEvent MissingRow(long position, Timestamp recordedAt) => RecordedEvent.Damaged(
        new Position(position), recordedAt, entity: null, version: 0, Missing, EventHash.None, eventId: string.Empty);

    public static InvalidDataException At(RecordedEvent row, string what) => At(row.Position.Value, row.Data.Payload.EntityId, row.Version, what);

    public static InvalidDataException At(long position, string? entity, long version, string what, Exception? inner = null) =>
        new($"the event at position {position} ({Name(entity)}, version {version}) {what}", inner);

    /// <summary>Gives an entity's id in quotes: it may hold anything, line breaks too.</summary>
    public static string Name(string? entity)
    {
        if (entity is null)
        {
            return "no entity";
        }

        var text = new ArrayBufferWriter<byte>(64);
        JsonWrite.String(text, entity);
        return Encoding.UTF8.GetString(text.WrittenSpan);
    }
}
