using Flux.Core.Entities;
using Flux.Core.Log;
using Npgsql;

namespace Flux.EventLog.PostgreSql;

/// <summary>Reads version, hash, last_updated, is_deleted, properties, expiry and damage of a row of <c>entity</c>.</summary>
internal static class StateRow
{
    public static EntityState Read(NpgsqlDataReader row, int first) => new(
        Version: row.GetInt64(first),
        Hash: row.GetFieldValue<byte[]>(first + 1),
        Properties: row.GetBoolean(first + 3) ? PropertyMap.Empty : EntityState.ReadProperties(row.GetFieldValue<byte[]>(first + 4)),
        LastUpdated: new Timestamp(row.GetInt64(first + 2)),
        Expiry: Expiry.Read(row.IsDBNull(first + 5) ? null : row.GetFieldValue<byte[]>(first + 5)))
    {
        Damage = EntityDamage.Parse(row.IsDBNull(first + 6) ? null : row.GetString(first + 6)),
    };
}
