using Npgsql;

namespace Flux.EventLog.PostgreSql;

/// <summary>What is done with a connection in more than one place.</summary>
internal static class NpgsqlConnectionExtensions
{
    /// <summary>Runs a statement whose answer says nothing more than that it worked.</summary>
    public static async Task ExecuteAsync(this NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql, connection);
        await using (command.ConfigureAwait(false))
        {
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
