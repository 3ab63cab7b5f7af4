using System.Globalization;
using Npgsql;

namespace Flux.EventLog.PostgreSql;

/// <summary>Brings a database to the schema of this binary: numbered scripts, embedded, each applied once. Many silos may do so at once.</summary>
public static class PostgreSqlSchema
{
    // Any number will do, as long as every Flux takes the same.
    private const long AdvisoryLock = 0x466C_7578;

    /// <summary>Gets the parts of the store's schema with the folders of their scripts, in the order in which they are applied.</summary>
    internal static IReadOnlyList<(string Feature, string Folder)> OfStore { get; } =
    [
        ("store", "PostgreSql"),

        // Counted on their own: a version without them may start beside this one, and after it.
        ("time", "PostgreSql.Time"),
        ("epoch", "PostgreSql.Epoch"),
        ("quarantine", "PostgreSql.Quarantine"),
    ];

    /// <summary>Applies what is missing.</summary>
    /// <param name="connectionString">The database.</param>
    /// <param name="feature">The name of the part of the schema; each has a version of its own.</param>
    /// <param name="scripts">Its scripts, the first for version 1.</param>
    /// <param name="cancellationToken">Stops waiting; nothing is half applied.</param>
    /// <exception cref="PostgreSqlUnusableException">A newer Flux has changed the database.</exception>
    /// <exception cref="NpgsqlException">The server does not answer, or refuses.</exception>
    public static async Task ApplyAsync(
        string connectionString, string feature, IReadOnlyList<string> scripts, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(connectionString);
        await using (connection.ConfigureAwait(false))
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            await ApplyAsync(connection, feature, scripts, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Applies what is missing.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="feature">The name of the part of the schema; each has a version of its own.</param>
    /// <param name="scripts">Its scripts, the first for version 1.</param>
    /// <param name="cancellationToken">Stops waiting; nothing is half applied.</param>
    /// <exception cref="PostgreSqlUnusableException">A newer Flux has changed the database.</exception>
    internal static async Task ApplyAsync(
        NpgsqlConnection connection, string feature, IReadOnlyList<string> scripts, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            await ExecuteAsync(connection, "SET LOCAL statement_timeout = 0", cancellationToken).ConfigureAwait(false);
            await ExecuteAsync(connection, string.Create(CultureInfo.InvariantCulture, $"SELECT pg_advisory_xact_lock({AdvisoryLock})"), cancellationToken)
                .ConfigureAwait(false);
            await ExecuteAsync(connection, "CREATE TABLE IF NOT EXISTS flux_schema (feature text PRIMARY KEY, version int NOT NULL)", cancellationToken).ConfigureAwait(false);
            var present = await ReadVersionAsync(connection, feature, cancellationToken).ConfigureAwait(false);
            if (present > scripts.Count)
            {
                throw new PostgreSqlUnusableException(
                    $"the database has schema {present} and this Flux knows schemas up to {scripts.Count}: start the newer version that made it");
            }

            for (var number = present + 1; number <= scripts.Count; number++)
            {
                await ExecuteAsync(connection, scripts[number - 1], cancellationToken).ConfigureAwait(false);
            }

            await WriteVersionAsync(connection, feature, scripts.Count, cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<int> ReadVersionAsync(NpgsqlConnection connection, string feature, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand("SELECT version FROM flux_schema WHERE feature = $1", connection);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = feature });
            return (int?)await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) ?? 0;
        }
    }

    private static async Task WriteVersionAsync(NpgsqlConnection connection, string feature, int version, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(
            "INSERT INTO flux_schema VALUES ($1, $2) ON CONFLICT (feature) DO UPDATE SET version = excluded.version", connection);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = feature });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = version });
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
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
