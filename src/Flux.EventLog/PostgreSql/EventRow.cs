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
        (SELECT c.recorded_at FROM log_commit c WHERE c.first_position <= e.position ORDER BY c.first_position DESC LIMIT 1)
        """;

    public static RecordedEvent Read(NpgsqlDataReader row)
    {
        var data = EventEnvelope.Read(row.GetFieldValue<byte[]>(3), row.GetString(2), row.GetFieldValue<byte[]>(4), out var expiry);
        return new RecordedEvent
        {
            Position = new Position(row.GetInt64(0)),
            Version = row.GetInt64(1),
            Data = data,
            Before = row.IsDBNull(5) ? null : row.GetFieldValue<byte[]>(5),
            Cause = row.IsDBNull(6) ? null : new Position(row.GetInt64(6)),
            Expiry = expiry,
            Hash = row.GetFieldValue<byte[]>(7),
            RecordedAt = new Timestamp(row.GetInt64(8)),
        };
    }
}
