using Flux.Core.Log;
using Flux.EventLog.Rows;
using Npgsql;

namespace Flux.EventLog.PostgreSql;

/// <summary>Reads a row of <c>event</c> (as <c>e</c>) with the time of its commit.</summary>
internal static class EventRow
{
    /// <summary>The columns, for the table under the name <c>e</c>.</summary>
    public const string Columns =
        """
        e.position, e.version, e.event_id, e.envelope, e.payload, e.before, e.cause, e.hash,
        (SELECT c.recorded_at FROM log_commit c WHERE c.first_position <= e.position ORDER BY c.first_position DESC LIMIT 1),
        e.entity
        """;

    /// <summary>Reads the event, or what stands for it when it cannot be what was written.</summary>
    public static RecordedEvent Read(NpgsqlDataReader row, StoredRowDecoder decoder)
    {
        var stored = new StoredRow(
            row.GetInt64(0),
            row.IsDBNull(9) ? null : row.GetString(9),
            row.GetInt64(1),
            row.GetString(2),
            row.GetFieldValue<byte[]>(3),
            row.GetFieldValue<byte[]>(4),
            row.IsDBNull(5) ? null : row.GetFieldValue<byte[]>(5),
            row.IsDBNull(6) ? null : row.GetInt64(6),
            row.GetFieldValue<byte[]>(7));
        return decoder.DecodeOrMark(stored, RecordedAt(row));
    }

    /// <summary>Reads the time of the commit; the beginning of time when no commit holds the position.</summary>
    public static Timestamp RecordedAt(NpgsqlDataReader row) => row.IsDBNull(8) ? default : new Timestamp(row.GetInt64(8));
}
