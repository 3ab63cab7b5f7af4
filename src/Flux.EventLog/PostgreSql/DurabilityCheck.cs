using Npgsql;

namespace Flux.EventLog.PostgreSql;

/// <summary>Looks whether what the server calls committed is on its disk. Flux acknowledges nothing on weaker terms, unless it was told to.</summary>
internal static class DurabilityCheck
{
    /// <summary>Checks the server's settings as this connection has them.</summary>
    /// <param name="connection">A connection as the log's writer uses it.</param>
    /// <param name="allowUnsafe">Whether to go on all the same.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="PostgreSqlUnusableException">A crash of the server could lose what was acknowledged.</exception>
    public static async Task RunAsync(NpgsqlConnection connection, bool allowUnsafe, CancellationToken cancellationToken)
    {
        foreach (var setting in (string[])["fsync", "synchronous_commit", "full_page_writes"])
        {
            var show = new NpgsqlCommand($"SHOW {setting}", connection);
            await using (show.ConfigureAwait(false))
            {
                var value = (string)(await show.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
                if (string.Equals(value, "off", StringComparison.Ordinal) && !allowUnsafe)
                {
                    throw new PostgreSqlUnusableException(
                        $"PostgreSQL has {setting} off, so a crash could lose events that were acknowledged: turn it on, or set FLUX_POSTGRES_UNSAFE=true");
                }
            }
        }
    }
}
