using Flux.Core.Entities;
using Flux.Core.Log;
using Flux.EventLog.Rows;
using Flux.EventLog.Sqlite;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Flux.EventLog.Projection;

/// <summary>Reads a row of <c>entity</c>. What cannot be read was never written so: the file is damaged, as when SQLite itself finds that.</summary>
internal static class EntityRow
{
    public const string Select =
        "SELECT entity_no, version, hash, last_updated, is_deleted, properties, recent, expiry, damage FROM entity WHERE id = ?1";

    public static EntityState ToState(SqliteStatement row)
    {
        try
        {
            return new EntityState(
                Version: row.Int64(1),
                Hash: row.Blob(2),
                Properties: row.Int64(4) != 0 ? PropertyMap.Empty : EntityState.ReadProperties(row.Blob(5)),
                LastUpdated: new Timestamp(row.Int64(3)),
                Expiry: Expiry.Read(row.IsNull(7) ? null : row.Blob(7)))
            {
                Damage = row.IsNull(8) ? null : ReadDamage(row, 8),
            };
        }
        catch (Exception e) when (StoredRowDecoder.IsUnreadable(e))
        {
            throw Unreadable(e);
        }
    }

    public static ProjectedEntity ToProjected(string id, SqliteStatement row)
    {
        var recent = new List<long>(PositionList.ChunkSize);
        try
        {
            PositionList.Read(row.Bytes(6), recent);
        }
        catch (Exception e) when (StoredRowDecoder.IsUnreadable(e))
        {
            throw Unreadable(e);
        }

        return new ProjectedEntity(id, row.Int64(0), ToState(row), recent);
    }

    /// <summary>Reads a column that says why an entity is quarantined.</summary>
    public static EntityDamage ReadDamage(SqliteStatement row, int column)
    {
        try
        {
            return EntityDamage.Parse(row.Text(column)) ?? throw new FormatException("not a position, a version and a reason");
        }
        catch (Exception e) when (StoredRowDecoder.IsUnreadable(e))
        {
            throw Unreadable(e);
        }
    }

    private static SqliteException Unreadable(Exception e) => new($"a row of an entity cannot be read: {e.Message}", raw.SQLITE_CORRUPT);
}
