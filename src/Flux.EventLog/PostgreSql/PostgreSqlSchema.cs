using System.Globalization;
using Npgsql;

namespace Flux.EventLog.PostgreSql;

/// <summary>Brings a database to the schema of this binary: numbered scripts, embedded, each applied once. Many silos may do so at once.</summary>
internal static class PostgreSqlSchema
{
    // Any number will do, as long as every Flux takes the same.
    private const long AdvisoryLock = 0x466C_7578;

    /// <summary>Applies what is missing.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="cancellationToken">Stops waiting; nothing is half applied.</param>
    /// <exception cref="PostgreSqlUnusableException">A newer Flux has changed the database.</exception>
    public static async Task ApplyAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var scripts = EmbeddedScripts.Read("PostgreSql");
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            await ExecuteAsync(connection, "SET LOCAL statement_timeout = 0", cancellationToken).ConfigureAwait(false);
            await ExecuteAsync(connection, string.Create(CultureInfo.InvariantCulture, $"SELECT pg_advisory_xact_lock({AdvisoryLock})"), cancellationToken)
                .ConfigureAwait(false);
            await ExecuteAsync(connection, "CREATE TABLE IF NOT EXISTS flux_schema (version int NOT NULL)", cancellationToken).ConfigureAwait(false);
            var present = await ReadVersionAsync(connection, cancellationToken).ConfigureAwait(false);
            if (present > scripts.Count)
            {
                throw new PostgreSqlUnusableException(
                    $"the database has schema {present} and this Flux knows schemas up to {scripts.Count}: start the newer version that made it");
            }

            for (var number = present + 1; number <= scripts.Count; number++)
            {
                await ExecuteAsync(connection, scripts[number - 1], cancellationToken).ConfigureAwait(false);
                await ExecuteAsync(
                        connection,
                        string.Create(CultureInfo.InvariantCulture, $"DELETE FROM flux_schema; INSERT INTO flux_schema VALUES ({number})"),
                        cancellationToken)
                    .ConfigureAwait(false);
            }

            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<int> ReadVersionAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand("SELECT coalesce(max(version), 0) FROM flux_schema", connection);
        await using (command.ConfigureAwait(false))
        {
            return (int)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await using (command.ConfigureAwait(false))
        {
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
