using Flux.Core.Entities;
using Flux.Core.Log;
using Flux.EventLog.Sqlite;

namespace Flux.EventLog.Projection;

/// <summary>Reads a row of <c>entity</c>.</summary>
internal static class EntityRow
{
    public const string Select =
        "SELECT entity_no, version, hash, last_updated, is_deleted, properties, recent, expiry, damage FROM entity WHERE id = ?1";

    public static EntityState ToState(SqliteStatement row) => new(
        Version: row.Int64(1),
        Hash: row.Blob(2),
        Properties: row.Int64(4) != 0 ? PropertyMap.Empty : EntityState.ReadProperties(row.Blob(5)),
        LastUpdated: new Timestamp(row.Int64(3)),
        Expiry: Expiry.Read(row.IsNull(7) ? null : row.Blob(7)))
    {
        Damage = EntityDamage.Parse(row.IsNull(8) ? null : row.Text(8)),
    };

    public static ProjectedEntity ToProjected(string id, SqliteStatement row)
    {
        var recent = new List<long>(PositionList.ChunkSize);
        PositionList.Read(row.Bytes(6), recent);
        return new ProjectedEntity(id, row.Int64(0), ToState(row), recent);
    }
}
