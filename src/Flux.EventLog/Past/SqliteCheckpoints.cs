using Flux.Core.Log;
using Flux.EventLog.Sqlite;
using Microsoft.Data.Sqlite;

namespace Flux.EventLog.Past;

/// <summary>Makes checkpoints in <c>read-model.db</c>, on connections of its own that are open only meanwhile.</summary>
internal sealed class SqliteCheckpoints(string path) : ICheckpointStore
{
    // The projection waits for a write of so many: a few milliseconds.
    private const int RowsAtOnce = 1000;

    /// <inheritdoc/>
    public ValueTask<Position?> KeepIfDueAsync(long minEvents, CancellationToken cancellationToken) => new(KeepIfDue(minEvents, cancellationToken));

    /// <summary>Does what <see cref="KeepIfDueAsync"/> does, on this thread.</summary>
    public Position? KeepIfDue(long minEvents, CancellationToken cancellationToken)
    {
        try
        {
            using var reader = SqliteDatabase.Open(path, SqliteOpenMode.ReadOnly);
            reader.Execute("BEGIN"); // everything below is of one moment, while the projection goes on
            var position = reader.QueryInt64("SELECT position FROM projection");
            var last = reader.QueryInt64("SELECT coalesce(max(position), 0) FROM checkpoint");
            if (!Checkpoints.IsDue(last, position, reader.QueryInt64("SELECT entity_count FROM projection"), minEvents))
            {
                return null;
            }

            using var writer = SqliteDatabase.Open(path, SqliteOpenMode.ReadWrite);
            writer.Execute("PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000");
            Copy(reader, writer, position, last, cancellationToken);
            return new Position(position);
        }
        catch (SqliteException e)
        {
            throw new EventLogUnavailableException("the read model cannot be written to", e);
        }
    }

    private static void Copy(SqliteDatabase reader, SqliteDatabase writer, long position, long last, CancellationToken cancellationToken)
    {
        var insert = writer.Prepare("INSERT INTO checkpoint_entity VALUES (?1, ?2, ?3, ?4, ?5)");
        var rows = reader.Prepare(
            "SELECT id, version, last_updated, CASE WHEN damage IS NULL AND length(properties) <= ?1 THEN properties END FROM entity WHERE is_deleted = 0 ORDER BY id");
        try
        {
            // A copy that was broken off is later than the last whole one.
            writer.Execute(string.Create(
                System.Globalization.CultureInfo.InvariantCulture, $"BEGIN IMMEDIATE; DELETE FROM checkpoint_entity WHERE position > {last}"));
            rows.Bind(1, Checkpoints.MaxProperties);
            for (var count = 1; rows.Step(); count++)
            {
                insert.Bind(1, position).BindText(2, rows.Bytes(0)).Bind(3, rows.Int64(1)).Bind(4, rows.Int64(2));
                (rows.IsNull(3) ? insert.BindNull(5) : insert.BindBlob(5, rows.Bytes(3))).Execute();
                if (count % RowsAtOnce == 0)
                {
                    writer.Execute("COMMIT; BEGIN IMMEDIATE");
                    cancellationToken.ThrowIfCancellationRequested();
                }
            }

            writer.Execute(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"INSERT INTO checkpoint VALUES ({position}); COMMIT"));
        }
        finally
        {
            rows.Reset();
        }
    }
}
